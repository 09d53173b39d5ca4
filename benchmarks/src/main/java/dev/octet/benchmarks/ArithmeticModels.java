// SPDX-License-Identifier: Apache-2.0
package dev.octet.benchmarks;

import dev.octet.TensorType;
import java.util.ArrayList;
import java.util.List;

/** Operators on the elements of two or more tensors. */
final class ArithmeticModels {
  /** A block of MobileNet's or ResNet's. */
  private static final int[] IMAGE = {1, 56, 56, 64};

  /** A row of BERT's. */
  private static final int[] TEXT = {1, 128, 768};

  private ArithmeticModels() {}

  static List<OperatorModel> all() {
    List<OperatorModel> all = new ArrayList<>();
    for (String kind : List.of("f32", "i8", "u8", "i16", "i32")) {
      all.add(pair("ADD", kind, "AddOptions"));
      all.add(pair("SUB", kind, "SubOptions"));
      all.add(pair("MUL", kind, "MulOptions"));
      all.add(vector("ADD", kind, "AddOptions"));
      all.add(vector("SUB", kind, "SubOptions"));
      all.add(vector("MUL", kind, "MulOptions"));
    }
    for (String kind : List.of("f32", "i8")) {
      all.add(constant("ADD", kind, "AddOptions"));
      all.add(constant("MUL", kind, "MulOptions"));
      // squeeze and excitation
      all.add(
          new OperatorModel("MUL", kind)
              .named("by 1x1x1x64")
              .options("MulOptions")
              .x(IMAGE)
              .x(1, 1, 1, 64)
              .y());
      // attention's mask
      all.add(
          new OperatorModel("ADD", kind)
              .named("1x1x1x128")
              .options("AddOptions")
              .x(1, 12, 128, 128)
              .x(1, 1, 1, 128)
              .y());
      all.add(
          new OperatorModel("SUB", kind)
              .named("1x128x1")
              .options("SubOptions")
              .x(TEXT)
              .x(1, 128, 1)
              .y());
    }
    for (String kind : List.of("f32", "i8", "i32")) {
      all.add(pair("SQUARED_DIFFERENCE", kind, "SquaredDifferenceOptions"));
      all.add(
          new OperatorModel("SQUARED_DIFFERENCE", kind)
              .named("1x128x1")
              .options("SquaredDifferenceOptions")
              .x(TEXT)
              .x(1, 128, 1)
              .y());
      all.add(
          new OperatorModel("DIV", kind)
              .options("DivOptions")
              .range(10, 100)
              .x(IMAGE)
              .x(IMAGE)
              .y());
    }
    all.add(
        new OperatorModel("DIV", "f32")
            .named("1x12x128x1")
            .options("DivOptions")
            .range(1, 2)
            .x(1, 12, 128, 128)
            .x(1, 12, 128, 1)
            .y());
    for (String kind : List.of("f32", "i32")) {
      all.add(
          new OperatorModel("ADD_N", kind).options("AddNOptions").x(IMAGE).x(IMAGE).x(IMAGE).y());
      all.add(
          new OperatorModel("FLOOR_DIV", kind)
              .options("FloorDivOptions")
              .range(1, 100)
              .x(TEXT)
              .x(TEXT)
              .y());
      all.add(
          new OperatorModel("FLOOR_MOD", kind)
              .options("FloorModOptions")
              .range(1, 100)
              .x(TEXT)
              .x(TEXT)
              .y());
      all.add(new OperatorModel("POW", kind).options("PowOptions").range(1, 3).x(TEXT).x(TEXT).y());
    }
    all.add(
        new OperatorModel("POW", "f32")
            .named("3")
            .options("PowOptions")
            .range(0.1, 3)
            .x(TEXT)
            .scalar(3f)
            .y());
    all.add(new OperatorModel("ATAN2", "f32").options("ATan2Options").x(TEXT).x(TEXT).y());
    for (String kind : List.of("f32", "i8", "i16", "i32", "i64")) {
      all.add(pair("MAXIMUM", kind, "MaximumMinimumOptions"));
      all.add(pair("MINIMUM", kind, "MaximumMinimumOptions"));
    }
    all.add(constant("MAXIMUM", "f32", "MaximumMinimumOptions"));
    for (String kind : List.of("f32", "i8", "i32", "i64")) {
      all.add(comparison("EQUAL", kind, "EqualOptions"));
      all.add(comparison("NOT_EQUAL", kind, "NotEqualOptions"));
      all.add(comparison("GREATER", kind, "GreaterOptions"));
      all.add(comparison("LESS_EQUAL", kind, "LessEqualOptions"));
      all.add(
          new OperatorModel("LESS", kind)
              .named("1x128x1")
              .options("LessOptions")
              .x(TEXT)
              .x(1, 128, 1)
              .y(TensorType.BOOL));
    }
    all.add(pair("LOGICAL_AND", "bool", "LogicalAndOptions"));
    all.add(pair("LOGICAL_OR", "bool", "LogicalOrOptions"));
    for (String kind : List.of("f32", "i8", "i16", "i32")) {
      all.add(
          new OperatorModel("SELECT", kind)
              .options("SelectOptions")
              .x(TensorType.BOOL, TEXT)
              .x(TEXT)
              .x(TEXT)
              .y());
      all.add(
          new OperatorModel("SELECT_V2", kind)
              .named("mask 1x1x128x128")
              .options("SelectV2Options")
              .x(TensorType.BOOL, 1, 1, 128, 128)
              .x(1, 12, 128, 128)
              .x(1, 1, 1, 1)
              .y());
    }
    for (String kind : List.of("f32", "i8")) {
      all.add(new OperatorModel("PRELU", kind).x(IMAGE).c(1, 1, 64).y());
    }
    return all;
  }

  private static OperatorModel pair(String operator, String kind, String options) {
    return new OperatorModel(operator, kind).options(options).x(IMAGE).x(IMAGE).y();
  }

  /** A bias. */
  private static OperatorModel vector(String operator, String kind, String options) {
    return new OperatorModel(operator, kind).named("768").options(options).x(TEXT).c(768).y();
  }

  private static OperatorModel constant(String operator, String kind, String options) {
    return new OperatorModel(operator, kind).named("1").options(options).x(TEXT).c(1).y();
  }

  private static OperatorModel comparison(String operator, String kind, String options) {
    return new OperatorModel(operator, kind).options(options).x(TEXT).x(TEXT).y(TensorType.BOOL);
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.octet.benchmarks;

import dev.octet.TensorType;
import java.util.ArrayList;
import java.util.List;

/** Operators on the elements of one tensor. */
final class UnaryModels {
  private static final int[] IMAGE = {1, 56, 56, 64};
  private static final int[] TEXT = {1, 128, 768};

  private UnaryModels() {}

  static List<OperatorModel> all() {
    List<OperatorModel> all = new ArrayList<>();
    for (String operator :
        List.of(
            "RELU",
            "RELU6",
            "RELU_N1_TO_1",
            "HARD_SWISH",
            "LOGISTIC",
            "TANH",
            "GELU",
            "ELU",
            "LEAKY_RELU",
            "ABS",
            "EXP",
            "NEG",
            "FLOOR",
            "CEIL",
            "ROUND",
            "SQUARE",
            "SIN",
            "COS",
            "SIGN",
            "ZEROS_LIKE")) {
      all.add(one(operator, "f32"));
    }
    for (String operator : List.of("SQRT", "RSQRT", "LOG")) {
      all.add(new OperatorModel(operator, "f32").range(0.1, 4).x(IMAGE).y());
    }
    for (String operator :
        List.of("RELU", "RELU6", "HARD_SWISH", "GELU", "ELU", "LEAKY_RELU", "ABS", "EXP")) {
      all.add(one(operator, "i8"));
    }
    for (String operator : List.of("RELU", "LEAKY_RELU", "ABS", "EXP", "GELU")) {
      all.add(one(operator, "i16"));
    }
    all.add(new OperatorModel("RSQRT", "i8").range(4, 127).x(IMAGE).y());
    all.add(new OperatorModel("LOGISTIC", "i8").x(IMAGE).y(TensorType.INT8, 1f / 256, -128));
    all.add(new OperatorModel("TANH", "i8").x(IMAGE).y(TensorType.INT8, 1f / 128, 0));
    all.add(new OperatorModel("LOGISTIC", "i16").x(IMAGE).y(TensorType.INT16, 1f / 32768, 0));
    all.add(new OperatorModel("TANH", "i16").x(IMAGE).y(TensorType.INT16, 1f / 32768, 0));
    all.add(one("GELU", "f32").named("approximate").options("GeluOptions", "approximate", true));
    for (String operator : List.of("ABS", "NEG")) {
      all.add(one(operator, "i32"));
    }
    all.add(new OperatorModel("LOGICAL_NOT", "bool").x(TEXT).y());
    all.add(new OperatorModel("QUANTIZE", "f32").named("to i8").x(IMAGE).y(TensorType.INT8));
    all.add(new OperatorModel("QUANTIZE", "f32").named("to i16").x(IMAGE).y(TensorType.INT16));
    all.add(
        new OperatorModel("QUANTIZE", "i8").named("to i8").x(IMAGE).y(TensorType.INT8, 0.07f, -4));
    all.add(new OperatorModel("QUANTIZE", "u8").named("to i8").x(IMAGE).y(TensorType.INT8));
    all.add(new OperatorModel("QUANTIZE", "i16").named("to i8").x(IMAGE).y(TensorType.INT8));
    for (String kind : List.of("i8", "u8", "i16", "f16")) {
      all.add(new OperatorModel("DEQUANTIZE", kind).x(IMAGE).y(TensorType.FLOAT32));
    }
    cast(all, "f32", TensorType.INT32);
    cast(all, "i32", TensorType.FLOAT32);
    cast(all, "i64", TensorType.INT32);
    cast(all, "i32", TensorType.INT64);
    cast(all, "bool", TensorType.FLOAT32);
    cast(all, "f32", TensorType.BOOL);
    cast(all, "u8", TensorType.FLOAT32);
    all.add(
        one("FAKE_QUANT", "f32").options("FakeQuantOptions", "min", -1f, "max", 1f, "num_bits", 8));
    return all;
  }

  private static OperatorModel one(String operator, String kind) {
    OperatorModel model = new OperatorModel(operator, kind).x(IMAGE).y();
    return switch (operator) {
      case "LEAKY_RELU" -> model.options("LeakyReluOptions", "alpha", 0.1f);
      case "GELU" -> model.options("GeluOptions");
      default -> model;
    };
  }

  private static void cast(List<OperatorModel> all, String kind, TensorType to) {
    all.add(new OperatorModel("CAST", kind).named("to " + to).options("CastOptions").x(TEXT).y(to));
  }
}

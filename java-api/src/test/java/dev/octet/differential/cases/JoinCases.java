// SPDX-License-Identifier: Apache-2.0
package dev.octet.differential.cases;

import static dev.octet.differential.cases.SingleOp.in;

import dev.octet.TensorType;
import dev.octet.tflite.BuiltinOperator;
import dev.octet.tflite.MirrorPadMode;
import dev.octet.tflite.Table;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * CONCATENATION, PACK, TILE, and what adds elements around, between or beside those of a tensor.
 */
final class JoinCases implements OpCases {
  @Override
  public List<OpGenerator> generators() {
    List<OpGenerator> all = new ArrayList<>();
    Movement.each(
        all, "CONCATENATION", "f32 f16 bf16 i8 u8 i16 i32 u32 i64 bool", JoinCases::concatenation);
    Movement.each(all, "PACK", "f32 i8 u8 i16 i32 u32 i64", JoinCases::pack);
    String padded = "f32 f16 bf16 i8 u8 i16 i32 i64 bool";
    Movement.each(all, "PAD", padded, c -> pad(c, BuiltinOperator.PAD));
    Movement.each(all, "PADV2", padded, c -> pad(c, BuiltinOperator.PADV2));
    Movement.each(all, "MIRROR_PAD", "f32 i8 u8 i16 i32 i64", JoinCases::mirrorPad);
    Movement.each(all, "TILE", "f32 i8 u8 i32 i64 bool str", JoinCases::tile);
    String fixed = "f32 f64 f16 bf16 i8 u8 i16 u16 i32 u32 i64 u64 bool c64 c128";
    Movement.each(all, "STABLEHLO_PAD", fixed, JoinCases::stablehloPad);
    Movement.each(all, "DILATE", fixed, JoinCases::dilate);
    String diagonal = "f32 i8 u8 i16 i32 i64";
    Movement.each(all, "MATRIX_DIAG", diagonal, JoinCases::matrixDiag);
    Movement.each(all, "MATRIX_SET_DIAG", diagonal, JoinCases::matrixSetDiag);
    return all;
  }

  private static void concatenation(Movement c) {
    int[] shape = c.shape(1, 5);
    int axis = c.m.number(0, shape.length - 1);
    int[] inputs = new int[c.m.number(1, 5)];
    boolean requantized = c.type == TensorType.UINT8 && c.m.chance(0.6);
    boolean constants = c.m.chance(0.1);
    for (int i = 0; i < inputs.length; i++) {
      shape[axis] = c.m.number(c.m.chance(0.05) ? 0 : 1, 7);
      boolean constant = constants || i > 0 && c.m.chance(0.15);
      inputs[i] = constant ? c.constant(shape) : c.x(shape);
      if (requantized && c.m.chance(0.7)) {
        c.m.quantize(inputs[i], c.type, c.m.scale(0.01, 2), c.m.zero(c.type));
      }
    }
    int y = c.y();
    if (requantized) {
      c.m.quantize(y, c.type, c.m.scale(0.05, 1), c.m.zero(c.type));
    }
    c.m.operator(
        BuiltinOperator.CONCATENATION,
        4,
        Table.builder("ConcatenationOptions").set("axis", c.signed(axis, shape.length)).build(),
        inputs,
        y);
  }

  private static void pack(Movement c) {
    int[] shape = c.shape(0, 4);
    int[] inputs = new int[c.m.number(1, 5)];
    Arrays.setAll(inputs, i -> i > 0 && c.m.chance(0.2) ? c.constant(shape) : c.x(shape));
    int axis = c.m.number(0, shape.length);
    c.m.operator(
        BuiltinOperator.PACK,
        4,
        Table.builder("PackOptions")
            .set("values_count", inputs.length)
            .set("axis", c.signed(axis, shape.length + 1))
            .build(),
        inputs,
        c.y());
  }

  private static void pad(Movement c, BuiltinOperator operator) {
    int[] shape = c.shape(1, 5);
    int[] pads = new int[2 * shape.length];
    boolean image = shape.length == 4 && c.m.chance(0.5);
    for (int i = image ? 2 : 0; i < (image ? 6 : pads.length); i++) {
      pads[i] = c.m.chance(0.5) ? 0 : c.m.number(0, 4);
    }
    TensorType index =
        c.m.any(
            TensorType.INT32,
            TensorType.INT32,
            TensorType.INT64,
            TensorType.INT8,
            TensorType.INT16);
    int x = c.x(shape);
    int by = c.parameter(index, new int[] {shape.length, 2}, pads);
    boolean valued = c.m.chance(operator == BuiltinOperator.PADV2 ? 0.9 : 0.1);
    int[] form = c.m.chance(0.5) ? new int[0] : new int[] {1};
    int[] inputs = !valued ? in(x, by) : in(x, by, c.m.chance(0.8) ? c.constant(form) : c.x(form));
    c.m.operator(
        operator,
        4,
        Table.of(operator == BuiltinOperator.PAD ? "PadOptions" : "PadV2Options"),
        inputs,
        c.y());
  }

  private static void mirrorPad(Movement c) {
    int[] shape = c.m.shape(c.m.number(1, 4), 6);
    boolean reflect = c.m.chance(0.5);
    int[] pads = new int[2 * shape.length];
    for (int i = 0; i < pads.length; i++) {
      int most = shape[i / 2] - (reflect ? 1 : 0);
      pads[i] = c.m.chance(0.4) ? 0 : c.m.number(0, most);
    }
    boolean zeroIsZero = c.type == TensorType.INT16;
    int x = c.x(shape);
    c.m.operator(
        BuiltinOperator.MIRROR_PAD,
        zeroIsZero ? 3 : 2,
        Table.builder("MirrorPadOptions")
            .set("mode", reflect ? MirrorPadMode.REFLECT : MirrorPadMode.SYMMETRIC)
            .build(),
        in(x, c.parameter(c.index(), new int[] {shape.length, 2}, pads)),
        c.y());
  }

  private static void tile(Movement c) {
    int[] shape = c.shape(c.type == TensorType.STRING ? 1 : 0, 4);
    int[] multiples = new int[shape.length];
    Arrays.setAll(multiples, i -> c.m.chance(0.4) ? 1 : c.m.number(c.m.chance(0.05) ? 0 : 1, 4));
    int x = c.x(shape);
    c.m.operator(
        BuiltinOperator.TILE,
        3,
        Table.of("TileOptions"),
        in(x, c.parameter(c.index(), new int[] {shape.length}, multiples)),
        c.y());
  }

  private static void stablehloPad(Movement c) {
    int[] shape = c.m.shape(c.m.number(1, 5), 5);
    long[] low = new long[shape.length];
    long[] high = new long[shape.length];
    long[] interior = new long[shape.length];
    for (int i = 0; i < shape.length; i++) {
      low[i] = c.m.chance(0.3) ? 0 : c.m.number(-2, 3);
      high[i] = c.m.chance(0.3) ? 0 : c.m.number(-2, 3);
      interior[i] = c.m.chance(0.5) ? 0 : c.m.number(0, 3);
    }
    int x = c.x(shape);
    c.m.operator(
        BuiltinOperator.STABLEHLO_PAD,
        1,
        Table.builder("StablehloPadOptions")
            .set("edge_padding_low", low)
            .set("edge_padding_high", high)
            .set("interior_padding", interior)
            .build(),
        in(x, c.m.chance(0.5) ? c.constant() : c.x()),
        c.y());
  }

  private static void dilate(Movement c) {
    int[] shape = c.m.shape(c.m.number(1, 5), 5);
    int[] dilations = new int[shape.length];
    Arrays.setAll(dilations, i -> c.m.chance(0.3) ? 1 : c.m.number(1, 4));
    int x = c.x(shape);
    c.m.operator(
        BuiltinOperator.DILATE,
        1,
        Table.of("DilateOptions"),
        in(x, c.vector(dilations), c.m.chance(0.5) ? c.constant() : c.x()),
        c.y());
  }

  private static void matrixDiag(Movement c) {
    int x = c.x(c.shape(1, 4));
    c.m.operator(BuiltinOperator.MATRIX_DIAG, 1, Table.of("MatrixDiagOptions"), in(x), c.y());
  }

  private static void matrixSetDiag(Movement c) {
    int[] shape = c.shape(2, 4);
    int last = shape.length - 1;
    int[] diagonal = Arrays.copyOf(shape, last);
    diagonal[last - 1] = Math.min(shape[last - 1], shape[last]);
    int x = c.x(shape);
    c.m.operator(
        BuiltinOperator.MATRIX_SET_DIAG,
        1,
        Table.of("MatrixSetDiagOptions"),
        in(x, c.x(diagonal)),
        c.y());
  }
}

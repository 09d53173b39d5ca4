// SPDX-License-Identifier: Apache-2.0
package dev.octet.differential.cases;

import static dev.octet.differential.cases.SingleOp.in;

import dev.octet.TensorType;
import dev.octet.tflite.BuiltinOperator;
import dev.octet.tflite.Table;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** CONCATENATION, PACK, TILE, and PAD, PADV2, MIRROR_PAD. */
final class JoinCases implements OpCases {
  @Override
  public List<OpGenerator> generators() {
    List<OpGenerator> all = new ArrayList<>();
    Movement.each(
        all, "CONCATENATION", "f32 f16 bf16 i8 u8 i16 i32 u32 i64 bool", JoinCases::concatenation);
    Movement.each(all, "PACK", "f32 i8 u8 i16 i32 u32 i64", JoinCases::pack);
    String padded = "f32 f16 bf16 i8 u8 i16 i32 i64";
    Movement.each(all, "PAD", padded, c -> pad(c, BuiltinOperator.PAD));
    Movement.each(all, "PADV2", padded, c -> pad(c, BuiltinOperator.PADV2));
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
}

// SPDX-License-Identifier: Apache-2.0
package dev.octet.differential.cases;

import static dev.octet.differential.cases.SingleOp.in;

import dev.octet.TensorType;
import dev.octet.tflite.BuiltinOperator;
import dev.octet.tflite.Table;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** RESHAPE, SQUEEZE, EXPAND_DIMS, TRANSPOSE; SHAPE, RANK, FILL and RANGE. */
final class ShapeCases implements OpCases {
  @Override
  public List<OpGenerator> generators() {
    List<OpGenerator> all = new ArrayList<>();
    Movement.each(all, "RESHAPE", "any", ShapeCases::reshape);
    Movement.each(all, "SQUEEZE", "any", ShapeCases::squeeze);
    Movement.each(all, "EXPAND_DIMS", "any", ShapeCases::expandDims);
    Movement.each(all, "TRANSPOSE", "f32 i4 i8 u8 i16 i32 i64 bool", ShapeCases::transpose);
    Movement.each(all, "SHAPE", "any", ShapeCases::shape);
    Movement.each(all, "RANK", "any", ShapeCases::rank);
    Movement.each(all, "FILL", "f32 f16 i8 i16 i32 i64 bool str", ShapeCases::fill);
    Movement.each(all, "RANGE", "f32 i32 i64", ShapeCases::range);
    return all;
  }

  private static void reshape(Movement c) {
    int[] shape = c.shape(0, 5);
    int[] to = c.m.shape(c.m.number(0, 3), 4);
    int before = SingleOp.product(to);
    // another order of the same factors, then one dimension is left open
    int[] from = new int[shape.length + to.length];
    System.arraycopy(shape, 0, from, 0, shape.length);
    System.arraycopy(to, 0, from, shape.length, to.length);
    int[] order = c.permutation(from.length);
    int[] wanted = new int[from.length];
    Arrays.setAll(wanted, i -> from[order[i]]);
    int[] x = before == 1 ? shape : from;
    int[] y = before == 1 ? Arrays.stream(shape).filter(d -> d != 1).toArray() : wanted;
    if (x.length > 6 || y.length > 6) {
      x = new int[] {SingleOp.product(x)};
      y = x.clone();
    }
    if (y.length > 0 && c.m.chance(0.4)) {
      y[c.m.number(0, y.length - 1)] = -1;
    }
    int data = c.x(x);
    boolean byInput = y.length == 0 || c.m.chance(0.7);
    c.m.operator(
        BuiltinOperator.RESHAPE,
        1,
        Table.builder("ReshapeOptions").set("new_shape", byInput ? new int[] {7, 7} : y).build(),
        byInput ? in(data, c.vector(y)) : in(data),
        c.y());
  }

  private static void squeeze(Movement c) {
    int[] shape = c.shape(1, 6);
    List<Integer> ones = new ArrayList<>();
    for (int i = 0; i < shape.length; i++) {
      if (c.m.chance(0.5)) {
        shape[i] = 1;
      }
      if (shape[i] == 1 && c.m.chance(0.7)) {
        ones.add(c.signed(i, shape.length));
      }
    }
    int x = c.x(shape);
    c.m.operator(
        BuiltinOperator.SQUEEZE,
        2,
        Table.builder("SqueezeOptions")
            .set("squeeze_dims", ones.stream().mapToInt(Integer::intValue).toArray())
            .build(),
        in(x),
        c.y());
  }

  private static void expandDims(Movement c) {
    int[] shape = c.shape(0, 5);
    int x = c.x(shape);
    int axis = c.signed(c.m.number(0, shape.length), shape.length + 1);
    int[] form = c.m.chance(0.5) ? new int[0] : new int[] {1};
    c.m.operator(
        BuiltinOperator.EXPAND_DIMS,
        1,
        Table.of("ExpandDimsOptions"),
        in(x, c.parameter(c.index(), form, axis)),
        c.y());
  }

  private static void transpose(Movement c) {
    int[] shape = c.m.chance(0.2) ? c.m.shape(c.m.number(2, 4), 40) : c.shape(1, 6);
    int[] axes = c.permutation(shape.length);
    for (int i = 0; i < axes.length; i++) {
      axes[i] = c.m.chance(0.1) ? axes[i] - axes.length : axes[i];
    }
    int x = c.m.chance(0.1) ? c.constant(shape) : c.x(shape);
    c.m.operator(
        BuiltinOperator.TRANSPOSE, 7, Table.of("TransposeOptions"), in(x, c.vector(axes)), c.y());
  }

  private static void shape(Movement c) {
    TensorType to = c.index();
    int x = c.x(c.shape(0, 6));
    c.m.operator(
        BuiltinOperator.SHAPE,
        1,
        Table.builder("ShapeOptions").set("out_type", to).build(),
        in(x),
        c.m.output(to));
  }

  private static void rank(Movement c) {
    int x = c.x(c.shape(0, 6));
    c.m.operator(
        BuiltinOperator.RANK, 1, Table.of("RankOptions"), in(x), c.m.output(TensorType.INT32));
  }

  private static void fill(Movement c) {
    int[] shape = c.shape(0, 4);
    int dims = c.parameter(c.index(), new int[] {shape.length}, shape);
    c.m.operator(
        BuiltinOperator.FILL,
        4,
        Table.of("FillOptions"),
        in(dims, c.m.chance(0.3) && c.type != TensorType.STRING ? c.constant() : c.x()),
        c.y());
  }

  private static void range(Movement c) {
    int sign = c.m.any(-1, 1);
    float start = c.m.number(-20, 20);
    float length = sign * c.m.number(0, 60);
    float delta = sign * c.m.number(1, 7);
    if (c.type == TensorType.FLOAT32) {
      start += c.m.real(-1, 1);
      length *= c.m.real(0, 1);
      delta *= c.m.real(0.3, 1);
    }
    c.m.operator(
        BuiltinOperator.RANGE,
        2,
        Table.of("RangeOptions"),
        in(number(c, start), number(c, start + length), number(c, delta)),
        c.y());
  }

  private static int number(Movement c, float value) {
    return c.type == TensorType.FLOAT32
        ? c.parameter(c.type, new int[0], Float.floatToIntBits(value))
        : c.parameter(c.type, new int[0], (int) value);
  }
}

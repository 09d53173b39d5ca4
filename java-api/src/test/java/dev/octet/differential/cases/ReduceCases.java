// SPDX-License-Identifier: Apache-2.0
package dev.octet.differential.cases;

import static dev.octet.differential.cases.SingleOp.in;

import dev.octet.TensorType;
import dev.octet.tflite.BuiltinOperator;
import dev.octet.tflite.Table;
import dev.octet.tflite.TestModel;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** SUM, MEAN, REDUCE_PROD, REDUCE_MAX, REDUCE_MIN, REDUCE_ANY, REDUCE_ALL. */
final class ReduceCases implements OpCases {
  private static final List<TensorType> NUMBERS =
      List.of(
          TensorType.FLOAT32,
          TensorType.INT8,
          TensorType.UINT8,
          TensorType.INT16,
          TensorType.INT32,
          TensorType.INT64);
  private static final List<String> WORDS = List.of("f32", "i8", "u8", "i16", "i32", "i64");

  @Override
  public List<OpGenerator> generators() {
    List<OpGenerator> generators = new ArrayList<>();
    for (BuiltinOperator operator :
        List.of(
            BuiltinOperator.SUM,
            BuiltinOperator.MEAN,
            BuiltinOperator.REDUCE_PROD,
            BuiltinOperator.REDUCE_MAX,
            BuiltinOperator.REDUCE_MIN)) {
      for (int i = 0; i < NUMBERS.size(); i++) {
        TensorType type = NUMBERS.get(i);
        generators.add(
            new OpGenerator(operator.name(), WORDS.get(i), m -> reduce(m, operator, type)));
      }
    }
    for (BuiltinOperator operator :
        List.of(BuiltinOperator.REDUCE_ANY, BuiltinOperator.REDUCE_ALL)) {
      generators.add(
          new OpGenerator(operator.name(), "bool", m -> reduce(m, operator, TensorType.BOOL)));
    }
    return generators;
  }

  private static int[] shape(SingleOp m, BuiltinOperator operator, TensorType type) {
    if (m.chance(0.3)) {
      return new int[] {m.number(1, 3), m.number(1, 9), m.number(1, 9), m.number(1, 70)};
    }
    int rank = m.number(1, 6);
    int[] shape = m.shape(rank, rank > 4 ? 4 : 7);
    boolean defined =
        type == TensorType.FLOAT32 || type == TensorType.INT32 || type == TensorType.BOOL;
    if (defined && m.chance(0.1) && operator != BuiltinOperator.MEAN) {
      shape[m.number(0, shape.length - 1)] = 0;
    } else if (m.chance(0.2)) {
      shape[m.number(0, shape.length - 1)] = m.number(50, 200);
    }
    return shape;
  }

  private static int[] axes(SingleOp m, int rank) {
    if (rank == 4 && m.chance(0.4)) {
      return m.any(new int[] {1, 2}, new int[] {2, 1}, new int[] {-3, -2}, new int[] {2, 2});
    }
    List<Integer> axes = new ArrayList<>();
    for (int axis = 0; axis < rank; axis++) {
      if (m.chance(0.5)) {
        axes.add(m.chance(0.3) ? axis - rank : axis);
      }
    }
    if (axes.isEmpty() && m.chance(0.7)) {
      axes.add(-1);
    }
    Collections.shuffle(axes, m.random());
    return axes.stream().mapToInt(Integer::intValue).toArray();
  }

  private static void reduce(SingleOp m, BuiltinOperator operator, TensorType type) {
    int[] shape = shape(m, operator, type);
    int[] axes = axes(m, shape.length);
    // of one factor the peer's quantized product is undefined: it looks for an axis before the
    // first
    int first = axes.length == 0 ? 0 : Math.floorMod(axes[0], shape.length);
    if (operator == BuiltinOperator.REDUCE_PROD && shape[first] == 1) {
      shape[first] = 2;
    }
    int count = SingleOp.product(shape);
    boolean product = operator == BuiltinOperator.REDUCE_PROD;
    boolean adds = operator == BuiltinOperator.SUM || operator == BuiltinOperator.MEAN;
    boolean small = type.bits() <= 16 && type != TensorType.BOOL;
    int x;
    if (type == TensorType.FLOAT32 && adds) {
      // the peer adds thousands one after another; sums of both signs would show little but that
      m.tolerance(3e-5);
      x = m.input(type, () -> m.floats(count, -1, 3), shape);
    } else if (type == TensorType.FLOAT32 && product) {
      x = m.input(type, () -> m.floats(count, -1.3, 1.3), shape);
    } else {
      x = m.input(type, shape);
    }
    int y = m.output(type);
    boolean quantized =
        small
            && (adds || !(product && type == TensorType.UINT8) && m.chance(0.7) && axes.length > 0);
    if (quantized) {
      float scale = m.scale(0.01, 0.1);
      int zero = m.zero(type);
      m.quantize(x, type, scale, zero);
      if (adds || product) {
        m.quantize(y, type, product ? m.scale(0.005, 2) : m.scale(0.005, 1), m.zero(type));
      } else {
        m.quantize(y, type, scale, zero);
      }
    }
    m.operator(
        operator,
        type == TensorType.BOOL ? 1 : 2,
        Table.builder("ReducerOptions").set("keep_dims", m.chance(0.5)).build(),
        in(x, m.chance(0.1) ? runTime(m, axes) : m.ints(axes)),
        y);
  }

  /** The axes as an input of the model. */
  private static int runTime(SingleOp m, int[] axes) {
    return m.input(
        TensorType.INT32, () -> SingleOp.bytes(TestModel.ints(axes)), new int[] {axes.length});
  }
}

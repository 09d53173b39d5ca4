// SPDX-License-Identifier: Apache-2.0
package dev.octet.differential.cases;

import static dev.octet.differential.cases.SingleOp.in;

import dev.octet.TensorType;
import dev.octet.tflite.BuiltinOperator;
import dev.octet.tflite.Table;
import dev.octet.tflite.TestModel;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/** REDUCE_WINDOW, STABLEHLO_REDUCE_WINDOW. */
final class ReduceWindowCases implements OpCases {
  private static final List<TensorType> TYPES =
      List.of(
          TensorType.FLOAT32,
          TensorType.FLOAT64,
          TensorType.INT8,
          TensorType.UINT8,
          TensorType.INT16,
          TensorType.INT32,
          TensorType.INT64,
          TensorType.BOOL);
  private static final List<String> WORDS =
      List.of("f32", "f64", "i8", "u8", "i16", "i32", "i64", "bool");

  /** In the order of TensorFlow Lite's codes from 1. */
  private static final List<BuiltinOperator> BODIES =
      List.of(
          BuiltinOperator.STABLEHLO_ADD,
          BuiltinOperator.STABLEHLO_MULTIPLY,
          BuiltinOperator.STABLEHLO_MINIMUM,
          BuiltinOperator.STABLEHLO_MAXIMUM,
          BuiltinOperator.LOGICAL_AND,
          BuiltinOperator.LOGICAL_OR);

  @Override
  public List<OpGenerator> generators() {
    List<OpGenerator> generators = new ArrayList<>();
    for (int i = 0; i < TYPES.size(); i++) {
      TensorType type = TYPES.get(i);
      generators.add(new OpGenerator("REDUCE_WINDOW", WORDS.get(i), m -> plain(m, type)));
      generators.add(
          new OpGenerator("STABLEHLO_REDUCE_WINDOW", WORDS.get(i), m -> stablehlo(m, type)));
    }
    return generators;
  }

  private static long[] numbers(SingleOp m, int count, int least, int greatest) {
    long[] numbers = new long[count];
    for (int i = 0; i < count; i++) {
      numbers[i] = m.number(least, greatest);
    }
    return numbers;
  }

  private static int longs(SingleOp m, long[] longs) {
    ByteBuffer bytes = ByteBuffer.allocate(8 * longs.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asLongBuffer().put(longs);
    return m.constant(TensorType.INT64, bytes.array(), longs.length);
  }

  /** Numbers whose products stay small. */
  private static int input(SingleOp m, TensorType type, int... shape) {
    int count = SingleOp.product(shape);
    return type == TensorType.FLOAT32
        ? m.input(type, () -> m.floats(count, -1.5, 1.5), shape)
        : m.input(type, shape);
  }

  private static int[] shape(SingleOp m) {
    int[] shape = m.shape(m.number(1, 5), 6);
    for (int i = 0; i < shape.length; i++) {
      shape[i] += 3;
    }
    return shape;
  }

  private static void plain(SingleOp m, TensorType type) {
    int[] shape = shape(m);
    int rank = shape.length;
    int x = input(m, type, shape);
    int init = input(m, type);
    boolean images = rank > 1 && m.chance(0.3);
    long[] window = numbers(m, rank, 1, 3);
    long[] strides = numbers(m, rank, 1, 3);
    long[] dilations = numbers(m, rank, 1, 2);
    if (images) {
      window[rank - 1] = strides[rank - 1] = 1;
    }
    m.operator(
        BuiltinOperator.REDUCE_WINDOW,
        1,
        Table.builder("ReduceWindowOptions").set("reduce_function", m.number(1, 6)).build(),
        in(x, init, longs(m, window), longs(m, strides), longs(m, dilations)),
        m.output(type));
  }

  private static void stablehlo(SingleOp m, TensorType type) {
    int[] shape = shape(m);
    int rank = shape.length;
    int x = input(m, type, shape);
    int init = input(m, type);
    int function =
        switch (type) {
          case BOOL -> m.number(4, 5);
          default -> m.number(0, 3);
        };
    TestModel.Graph body = m.model().graph();
    int a = body.input("a", type, new int[0]);
    int b = body.input("b", type, new int[0]);
    int c = body.output("c", type);
    body.operator(BODIES.get(function), 1, options(function), new int[] {a, b}, new int[] {c});
    m.operator(
        BuiltinOperator.STABLEHLO_REDUCE_WINDOW,
        1,
        Table.builder("StablehloReduceWindowOptions")
            .set("window_dimensions", numbers(m, rank, 1, 3))
            .set("window_strides", numbers(m, rank, 1, 3))
            .set("base_dilations", numbers(m, rank, 1, m.chance(0.5) ? 1 : 2))
            .set("window_dilations", numbers(m, rank, 1, 2))
            .set("padding", numbers(m, 2 * rank, m.chance(0.5) ? 0 : -1, 2))
            .set("body_subgraph_index", 1)
            .build(),
        in(x, init),
        m.output(type));
  }

  private static Table options(int function) {
    return switch (function) {
      case 4 -> Table.of("LogicalAndOptions");
      case 5 -> Table.of("LogicalOrOptions");
      default -> null;
    };
  }
}

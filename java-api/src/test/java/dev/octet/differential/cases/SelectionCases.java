// SPDX-License-Identifier: Apache-2.0
package dev.octet.differential.cases;

import static dev.octet.differential.cases.SingleOp.in;

import dev.octet.TensorType;
import dev.octet.tflite.BuiltinOperator;
import dev.octet.tflite.Table;
import dev.octet.tflite.TestModel;
import java.util.ArrayList;
import java.util.List;

/** ARG_MAX, ARG_MIN, TOPK_V2, ONE_HOT. */
final class SelectionCases implements OpCases {
  @Override
  public List<OpGenerator> generators() {
    List<OpGenerator> all = new ArrayList<>();
    for (BuiltinOperator operator : List.of(BuiltinOperator.ARG_MAX, BuiltinOperator.ARG_MIN)) {
      all.addAll(
          GatherCases.of(
              operator.name(), "f32 i8 u8 i32 bool", (m, type) -> argMinMax(m, operator, type)));
    }
    all.addAll(GatherCases.of("TOPK_V2", "f32 i8 u8 i16 i32 i64", SelectionCases::topK));
    all.addAll(GatherCases.of("ONE_HOT", "f32 i8 u8 i32 i64 bool", SelectionCases::oneHot));
    return all;
  }

  /** An input in which the same number often comes again. */
  private static int ties(SingleOp m, TensorType type, int... shape) {
    int elements = SingleOp.product(shape);
    if (type == TensorType.BOOL || m.chance(0.4)) {
      return m.input(type, shape);
    }
    return m.input(
        type,
        () ->
            type == TensorType.FLOAT32
                ? fewFloats(m, elements)
                : m.integers(type, elements, type == TensorType.UINT8 ? 0 : -3, 5),
        shape);
  }

  /** One number, sometimes run-time data, as a scalar or a vector. */
  static int scalar(SingleOp m, TensorType type, int value) {
    byte[] contents = m.integers(type, 1, value, value);
    int[] shape = m.chance(0.5) ? new int[0] : new int[] {1};
    return m.chance(0.3) ? m.input(type, () -> contents, shape) : m.constant(type, contents, shape);
  }

  private static byte[] fewFloats(SingleOp m, int elements) {
    float[] values = new float[elements];
    for (int i = 0; i < elements; i++) {
      values[i] = m.any(0f, -0f, 1f, -1f, 2.5f, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY);
    }
    return SingleOp.bytes(TestModel.floats(values));
  }

  private static void argMinMax(SingleOp m, BuiltinOperator operator, TensorType type) {
    int[] shape = m.shape(m.number(1, 4), m.chance(0.2) ? 150 : 7);
    for (int i = 2; i < shape.length; i++) {
      shape[i] = Math.min(shape[i], 7);
    }
    int x = ties(m, type, shape);
    int axis = m.number(-shape.length, shape.length - 1);
    TensorType axisType = m.any(TensorType.INT32, TensorType.INT64);
    int place = scalar(m, axisType, axis);
    TensorType to = m.any(TensorType.INT32, TensorType.INT64);
    String options = operator == BuiltinOperator.ARG_MAX ? "ArgMaxOptions" : "ArgMinOptions";
    m.operator(
        operator,
        type == TensorType.BOOL ? 3 : 2,
        Table.builder(options).set("output_type", to).build(),
        in(x, place),
        m.output(to));
  }

  private static void topK(SingleOp m, TensorType type) {
    int[] shape = m.shape(m.number(1, 3), 8);
    shape[shape.length - 1] = m.chance(0.3) ? m.number(1, 2000) : m.number(1, 30);
    int row = shape[shape.length - 1];
    int x = ties(m, type, shape);
    // TensorFlow Lite crashes for k = 0
    int k = m.chance(0.3) ? m.number(1, row) : m.number(1, Math.min(5, row));
    TensorType to = m.any(TensorType.INT32, TensorType.INT32, TensorType.INT16);
    TensorType kType = m.any(TensorType.INT32, TensorType.INT32, TensorType.INT16);
    int count = scalar(m, kType, k);
    m.operator(BuiltinOperator.TOPK_V2, 3, null, in(x, count), m.output(type), m.output(to));
  }

  private static void oneHot(SingleOp m, TensorType type) {
    int[] shape = m.shape(m.number(0, 3), 6);
    int depth = m.number(0, 9);
    TensorType index = m.any(TensorType.INT32, TensorType.INT64);
    int indices = GatherCases.indices(m, index, -1, depth, shape);
    int on = m.chance(0.5) ? m.input(type) : m.constant(type, m.contents(type, 1));
    int off = m.chance(0.5) ? m.input(type) : m.constant(type, m.contents(type, 1));
    int count = scalar(m, TensorType.INT32, depth);
    m.operator(
        BuiltinOperator.ONE_HOT,
        1,
        Table.builder("OneHotOptions")
            .set("axis", m.chance(0.5) ? -1 : m.number(0, shape.length))
            .build(),
        in(indices, count, on, off),
        m.output(type));
  }
}

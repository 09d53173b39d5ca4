// SPDX-License-Identifier: Apache-2.0
package dev.octet.differential.cases;

import static dev.octet.differential.cases.SingleOp.in;

import dev.octet.TensorType;
import dev.octet.tflite.BuiltinOperator;
import dev.octet.tflite.Combiner;
import dev.octet.tflite.Table;
import dev.octet.tflite.TestModel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** SEGMENT_SUM, UNSORTED_SEGMENT_*, SPARSE_TO_DENSE, EMBEDDING_LOOKUP_SPARSE, HASHTABLE_LOOKUP. */
final class SegmentCases implements OpCases {
  @Override
  public List<OpGenerator> generators() {
    List<OpGenerator> all = new ArrayList<>();
    all.addAll(GatherCases.of("SEGMENT_SUM", "f32 i32", SegmentCases::segmentSum));
    for (BuiltinOperator operator :
        List.of(
            BuiltinOperator.UNSORTED_SEGMENT_MAX,
            BuiltinOperator.UNSORTED_SEGMENT_MIN,
            BuiltinOperator.UNSORTED_SEGMENT_PROD,
            BuiltinOperator.UNSORTED_SEGMENT_SUM)) {
      all.addAll(
          GatherCases.of(operator.name(), "f32 i32", (m, type) -> unsorted(m, operator, type)));
    }
    all.addAll(GatherCases.of("SPARSE_TO_DENSE", "f32 i8 u8 i32 i64", SegmentCases::sparseToDense));
    all.addAll(GatherCases.of("EMBEDDING_LOOKUP_SPARSE", "f32", SegmentCases::sparse));
    all.addAll(
        GatherCases.of("HASHTABLE_LOOKUP", "f32 i8 u8 i16 i32 i64 bool str", SegmentCases::lookup));
    return all;
  }

  private static byte[] ints(int... values) {
    return SingleOp.bytes(TestModel.ints(values));
  }

  private static void segmentSum(SingleOp m, TensorType type) {
    int[] shape = m.shape(m.number(1, 3), 9);
    int x = m.input(type, shape);
    int ids = m.input(TensorType.INT32, () -> steps(m, shape[0]), shape[0]);
    m.runs(2);
    m.operator(BuiltinOperator.SEGMENT_SUM, 1, null, in(x, ids), m.output(type));
  }

  private static byte[] steps(SingleOp m, int count) {
    int[] ids = new int[count];
    for (int i = 1; i < count; i++) {
      ids[i] = ids[i - 1] + m.number(0, 1);
    }
    return ints(ids);
  }

  private static void unsorted(SingleOp m, BuiltinOperator operator, TensorType type) {
    int[] shape = m.shape(m.number(1, 4), 5);
    int[] prefix = Arrays.copyOf(shape, m.number(1, shape.length));
    int segments = m.number(1, 5);
    int x = m.input(type, shape);
    int ids = GatherCases.indices(m, TensorType.INT32, -2, segments - 1, prefix);
    int count = SelectionCases.scalar(m, TensorType.INT32, segments);
    m.operator(operator, 1, null, in(x, ids, count), m.output(type));
  }

  private static void sparseToDense(SingleOp m, TensorType type) {
    int[] shape = m.shape(m.number(1, 4), 5);
    TensorType index = m.any(TensorType.INT32, TensorType.INT64);
    boolean vector = shape.length == 1 && m.chance(0.5);
    int count = m.number(1, 9);
    int[] dims = vector ? new int[] {count} : new int[] {count, shape.length};
    int indices =
        m.input(
            index,
            () -> {
              byte[] all = new byte[count * shape.length * index.bytes()];
              for (int i = 0; i < count * shape.length; i++) {
                byte[] one = m.integers(index, 1, 0, shape[i % shape.length] - 1);
                System.arraycopy(one, 0, all, i * one.length, one.length);
              }
              return all;
            },
            dims);
    int values = count == 1 && m.chance(0.5) ? m.input(type) : m.input(type, count);
    m.operator(
        BuiltinOperator.SPARSE_TO_DENSE,
        3,
        Table.builder("SparseToDenseOptions").set("validate_indices", m.chance(0.5)).build(),
        in(indices, GatherCases.dims(m, shape), values, m.input(type)),
        m.output(type));
  }

  private static void sparse(SingleOp m, TensorType type) {
    int[] table = m.shape(m.number(2, 3), 5);
    int[] dense = m.shape(m.number(2, 3), 4);
    int count = m.number(1, 12);
    int outer = SingleOp.product(dense) / dense[dense.length - 1];
    int ids =
        m.input(
            TensorType.INT32, () -> m.integers(TensorType.INT32, count, 0, table[0] - 1), count);
    int indices =
        m.input(TensorType.INT32, () -> places(m, dense, outer, count), count, dense.length);
    int weights = m.input(TensorType.FLOAT32, () -> m.floats(count, 0.1, 2), count);
    int values = m.input(type, table);
    m.operator(
        BuiltinOperator.EMBEDDING_LOOKUP_SPARSE,
        1,
        Table.builder("EmbeddingLookupSparseOptions")
            .set("combiner", m.any(Combiner.SUM, Combiner.MEAN, Combiner.SQRTN))
            .build(),
        in(ids, indices, GatherCases.dims(m, dense), weights, values),
        m.output(type));
  }

  /** Coordinates of the dense shape, ascending or not. */
  private static byte[] places(SingleOp m, int[] dense, int outer, int count) {
    int[] rows = new int[count];
    Arrays.setAll(rows, i -> m.number(0, outer - 1));
    if (m.chance(0.7)) {
      Arrays.sort(rows);
    }
    int last = dense.length - 1;
    int[] all = new int[count * dense.length];
    for (int i = 0; i < count; i++) {
      int rest = rows[i];
      for (int axis = last - 1; axis >= 0; axis--) {
        all[i * dense.length + axis] = rest % dense[axis];
        rest /= dense[axis];
      }
      all[i * dense.length + last] = m.number(0, dense[last] - 1);
    }
    return ints(all);
  }

  private static void lookup(SingleOp m, TensorType type) {
    int count = m.number(1, 9);
    int[] keys = new int[count];
    Arrays.setAll(keys, i -> m.number(-12, 12));
    Arrays.sort(keys);
    int wanted = m.number(0, 9);
    int[] shape = m.shape(type == TensorType.STRING ? 1 : m.number(1, 3), 4);
    shape[0] = count;
    int lookup =
        m.input(TensorType.INT32, () -> m.integers(TensorType.INT32, wanted, -12, 12), wanted);
    int key = m.constant(TensorType.INT32, ints(keys), count);
    m.operator(
        BuiltinOperator.HASHTABLE_LOOKUP,
        1,
        null,
        in(lookup, key, GatherCases.data(m, type, shape)),
        m.output(type),
        m.output(TensorType.UINT8));
  }
}

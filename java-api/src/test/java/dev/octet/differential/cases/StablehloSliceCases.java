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

/** STABLEHLO_GATHER, STABLEHLO_SCATTER. */
final class StablehloSliceCases implements OpCases {
  @Override
  public List<OpGenerator> generators() {
    List<OpGenerator> all = new ArrayList<>();
    all.addAll(
        GatherCases.of(
            "STABLEHLO_GATHER",
            "f32 f16 i8 u8 i16 u16 i32 u32 i64 u64 f64",
            StablehloSliceCases::gather));
    all.addAll(
        GatherCases.of(
            "STABLEHLO_SCATTER",
            "f32 f16 i8 u8 i16 u16 i32 u32 i64 u64 bool f64",
            StablehloSliceCases::scatter));
    return all;
  }

  /** {@code count} different ones of the numbers below {@code end}. */
  private static List<Integer> some(SingleOp m, int count, int end) {
    List<Integer> all = new ArrayList<>();
    for (int i = 0; i < end; i++) {
      all.add(i);
    }
    Collections.shuffle(all, m.random());
    return new ArrayList<>(all.subList(0, count));
  }

  private static List<Integer> sorted(List<Integer> list) {
    List<Integer> sorted = new ArrayList<>(list);
    Collections.sort(sorted);
    return sorted;
  }

  private static long[] longs(List<Integer> list) {
    return list.stream().mapToLong(Integer::longValue).toArray();
  }

  private static int[] ints(List<Integer> list) {
    return list.stream().mapToInt(Integer::intValue).toArray();
  }

  private static void gather(SingleOp m, TensorType type) {
    int[] x = m.shape(m.number(1, 4), 5);
    List<Integer> map = some(m, m.number(1, x.length), x.length);
    List<Integer> collapsed = sorted(some(m, m.number(0, x.length), x.length));
    long[] slice = new long[x.length];
    List<Integer> kept = new ArrayList<>();
    for (int i = 0; i < x.length; i++) {
      slice[i] = collapsed.contains(i) ? 1 : m.number(1, x[i]);
      if (!collapsed.contains(i)) {
        kept.add((int) slice[i]);
      }
    }
    List<Integer> starts = new ArrayList<>();
    for (int i = m.number(0, 2); i > 0; i--) {
      starts.add(m.number(1, 4));
    }
    int rank = starts.size() + kept.size();
    List<Integer> offset = sorted(some(m, kept.size(), rank));
    List<Integer> y = new ArrayList<>();
    int corner = 0;
    for (int i = 0; i < rank; i++) {
      y.add(offset.contains(i) ? kept.get(offset.indexOf(i)) : starts.get(corner++));
    }
    int vector = m.number(0, starts.size());
    starts.add(vector, map.size());
    TensorType index = m.any(TensorType.INT32, TensorType.INT64);
    int indices = GatherCases.indices(m, index, 0, 6, ints(starts));
    m.operator(
        BuiltinOperator.STABLEHLO_GATHER,
        1,
        Table.builder("StablehloGatherOptions")
            .set("offset_dims", longs(offset))
            .set("collapsed_slice_dims", longs(collapsed))
            .set("start_index_map", longs(map))
            .set("index_vector_dim", (long) vector)
            .set("slice_sizes", slice)
            .build(),
        in(m.input(type, x), indices),
        m.graph().output("y", type, ints(y)));
  }

  private static void scatter(SingleOp m, TensorType type) {
    int[] x = m.shape(m.number(1, 4), 5);
    List<Integer> map = some(m, m.number(1, x.length), x.length);
    List<Integer> inserted = sorted(some(m, m.number(0, x.length), x.length));
    List<Integer> window = new ArrayList<>();
    for (int i = 0; i < x.length; i++) {
      if (!inserted.contains(i)) {
        window.add(m.number(1, x[i]));
      }
    }
    List<Integer> indices = new ArrayList<>();
    for (int i = m.number(0, 2); i > 0; i--) {
      indices.add(m.number(1, 4));
    }
    int rank = indices.size() + window.size();
    List<Integer> windowDims = sorted(some(m, window.size(), rank));
    List<Integer> updates = new ArrayList<>();
    int outer = 0;
    for (int i = 0; i < rank; i++) {
      updates.add(
          windowDims.contains(i) ? window.get(windowDims.indexOf(i)) : indices.get(outer++));
    }
    int vector = m.number(0, indices.size());
    indices.add(vector, map.size());
    TensorType index = m.any(TensorType.INT32, TensorType.INT64);
    int operand = m.input(type, x);
    int places = GatherCases.indices(m, index, 0, 5, ints(indices));
    int update = m.input(type, ints(updates));
    combination(m, type);
    m.operator(
        BuiltinOperator.STABLEHLO_SCATTER,
        1,
        Table.builder("StablehloScatterOptions")
            .set("update_window_dims", longs(windowDims))
            .set("inserted_window_dims", longs(inserted))
            .set("scatter_dims_to_operand_dims", longs(map))
            .set("index_vector_dim", (long) vector)
            .set("update_computation_subgraph_index", 1)
            .build(),
        in(operand, places, update),
        m.output(type));
  }

  private static void combination(SingleOp m, TensorType type) {
    TestModel.Graph graph = m.model().graph();
    int a = graph.input("a", type);
    int b = graph.input("b", type);
    if (m.chance(0.3)) {
      graph.table().set("outputs", new int[] {b});
      return;
    }
    int y = graph.output("y", type);
    graph.operator(
        m.any(
            BuiltinOperator.STABLEHLO_ADD,
            BuiltinOperator.STABLEHLO_MULTIPLY,
            BuiltinOperator.STABLEHLO_MAXIMUM,
            BuiltinOperator.STABLEHLO_MINIMUM),
        1,
        null,
        in(a, b),
        new int[] {y});
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.octet.differential.cases;

import static dev.octet.differential.cases.SingleOp.in;

import dev.octet.TensorType;
import dev.octet.tflite.BuiltinOperator;
import dev.octet.tflite.Table;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

/** DENSIFY of tensors in any order of levels, dense or compressed, with blocks or without. */
final class DensifyCases implements OpCases {
  @Override
  public List<OpGenerator> generators() {
    return List.of(
        new OpGenerator("DENSIFY", "f32", m -> densify(m, TensorType.FLOAT32)),
        new OpGenerator("DENSIFY", "f16", m -> densify(m, TensorType.FLOAT16)),
        new OpGenerator("DENSIFY", "i8", m -> densify(m, TensorType.INT8)));
  }

  private static void densify(SingleOp m, TensorType type) {
    m.input(TensorType.FLOAT32, 1); // the peer's Java interface needs an input
    int rank = m.number(1, 3);
    int[] blockMap = IntStream.range(0, rank).filter(axis -> m.chance(0.4)).toArray();
    int[] sizes = new int[rank + blockMap.length];
    int[] shape = m.shape(rank, 6);
    System.arraycopy(shape, 0, sizes, 0, rank);
    for (int block = 0; block < blockMap.length; block++) {
      sizes[rank + block] = m.number(1, 4);
      shape[blockMap[block]] *= sizes[rank + block];
    }
    List<Integer> order = new ArrayList<>(shuffled(m, 0, rank));
    // of three blocks in a cyclic order the peer writes outside its memory
    order.addAll(IntStream.range(rank, sizes.length).boxed().toList());
    int rows = 1;
    List<Table> levels = new ArrayList<>();
    for (int dimension : order) {
      int size = sizes[dimension];
      if (dimension >= rank || m.chance(0.5)) {
        levels.add(SparseMatrix.dense(size));
        rows *= size;
        continue;
      }
      List<Integer> indices = new ArrayList<>();
      int[] segments = new int[rows + 1];
      for (int row = 0; row < rows; row++) {
        for (int at = 0; at < size; at++) {
          if (m.chance(0.6) || indices.isEmpty()) {
            indices.add(at);
          }
        }
        segments[row + 1] = indices.size();
      }
      int[] columns = indices.stream().mapToInt(i -> i).toArray();
      levels.add(SparseMatrix.compressed(segments, columns));
      rows = columns.length;
    }
    int x = m.constant(type, m.contents(type, rows), shape);
    SparseMatrix.store(m, x, order.stream().mapToInt(i -> i).toArray(), blockMap, levels);
    m.operator(BuiltinOperator.DENSIFY, 1, Table.of("DensifyOptions"), in(x), m.output(type));
  }

  private static List<Integer> shuffled(SingleOp m, int from, int to) {
    List<Integer> numbers = new ArrayList<>(IntStream.range(from, to).boxed().toList());
    Collections.shuffle(numbers, m.random());
    return numbers;
  }
}

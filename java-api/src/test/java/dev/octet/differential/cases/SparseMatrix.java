// SPDX-License-Identifier: Apache-2.0
package dev.octet.differential.cases;

import dev.octet.TensorType;
import dev.octet.tflite.DimensionFormat;
import dev.octet.tflite.Table;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** A constant [n,k] stored as compressed rows of blocks of 1 x {@code block} elements. */
record SparseMatrix(TensorType type, int n, int k, int block) {

  /** Adds it to the model: about half of the blocks, with these contents one after another. */
  int add(SingleOp m, byte[] contents) {
    int[] segments = new int[n + 1];
    List<Integer> indices = new ArrayList<>();
    for (int row = 0; row < n; row++) {
      for (int column = 0; column < k / block; column++) {
        if (m.chance(0.5) || indices.isEmpty()) {
          indices.add(column);
        }
      }
      segments[row + 1] = indices.size();
    }
    int[] columns = indices.stream().mapToInt(i -> i).toArray();
    ByteBuffer stored = ByteBuffer.wrap(contents, 0, columns.length * block * type.bytes());
    int tensor = m.graph().constant("sparse", type, stored.slice(), n, k);
    boolean blocks = block > 1;
    store(
        m,
        tensor,
        blocks ? new int[] {0, 1, 2} : new int[] {0, 1},
        blocks ? new int[] {1} : new int[0],
        blocks
            ? List.of(dense(n), compressed(segments, columns), dense(block))
            : List.of(dense(n), compressed(segments, columns)));
    return tensor;
  }

  /** Says how a constant is stored. */
  static void store(SingleOp m, int tensor, int[] order, int[] blockMap, List<Table> levels) {
    m.graph()
        .tensor(tensor)
        .set(
            "sparsity",
            Table.builder("SparsityParameters")
                .set("traversal_order", order)
                .set("block_map", blockMap)
                .set("dim_metadata", levels)
                .build());
  }

  static Table dense(int size) {
    return Table.builder("DimensionMetadata")
        .set("format", DimensionFormat.DENSE)
        .set("dense_size", size)
        .build();
  }

  static Table compressed(int[] segments, int[] indices) {
    return Table.builder("DimensionMetadata")
        .set("format", DimensionFormat.SPARSE_CSR)
        .set("array_segments", vector(segments))
        .set("array_indices", vector(indices))
        .build();
  }

  private static Table vector(int[] values) {
    return Table.builder("Int32Vector").set("values", values).build();
  }
}

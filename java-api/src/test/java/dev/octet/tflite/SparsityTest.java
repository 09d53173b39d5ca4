// SPDX-License-Identifier: Apache-2.0
package dev.octet.tflite;

import static dev.octet.tflite.TestModel.bytes;
import static dev.octet.tflite.TestModel.floats;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.octet.MalformedModelException;
import dev.octet.TensorType;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A matrix [2, 4] = {{0, 5, 0, 0}, {6, 0, 0, 7}} in compressed rows, and its broken forms. */
class SparsityTest {
  private static final Table ROWS = Table.builder("DimensionMetadata").set("dense_size", 2).build();

  private static Table columns(String vector, Object segments, Object indices) {
    return Table.builder("DimensionMetadata")
        .set("format", DimensionFormat.SPARSE_CSR)
        .set("array_segments", Table.builder(vector).set("values", segments).build())
        .set("array_indices", Table.builder(vector).set("values", indices).build())
        .build();
  }

  private static Table columns(int[] segments, int... indices) {
    return columns("Int32Vector", segments, indices);
  }

  private static final Table COLUMNS = columns(new int[] {0, 1, 3}, 1, 0, 3);

  private static TfliteSparsity read(int[] order, int[] blocks, ByteBuffer data, Table... levels) {
    TestModel model = new TestModel();
    TestModel.Graph graph = model.graph();
    int w = graph.constant("w", TensorType.FLOAT32, data, 2, 4);
    graph
        .tensor(w)
        .set(
            "sparsity",
            Table.builder("SparsityParameters")
                .set("traversal_order", order)
                .set("block_map", blocks)
                .set("dim_metadata", List.of(levels))
                .build());
    return model.read().subgraphs().get(0).tensors().get(w).sparsity();
  }

  private static void refused(
      String message, int[] order, int[] blocks, ByteBuffer data, Table... levels) {
    MalformedModelException e =
        assertThrows(MalformedModelException.class, () -> read(order, blocks, data, levels));
    assertTrue(e.getMessage().contains("subgraph 0 tensor 0 'w'"), e.getMessage());
    assertTrue(e.getMessage().contains(message), e.getMessage());
  }

  private static final int[] ORDER = {0, 1};

  @Test
  void compressedRows() {
    TfliteSparsity sparsity = read(ORDER, null, floats(5, 6, 7), ROWS, COLUMNS);
    assertEquals(3, sparsity.stored());
    assertArrayEquals(ORDER, sparsity.traversalOrder());
    assertEquals(2, sparsity.dimensions().get(0).size());
    assertArrayEquals(new int[] {0, 1, 3}, sparsity.dimensions().get(1).segments());
    assertArrayEquals(new int[] {1, 0, 3}, sparsity.dimensions().get(1).indices());
  }

  @Test
  void narrowIndices() {
    Table shorts = columns("Uint16Vector", new int[] {0, 1, 3}, new int[] {1, 0, 3});
    Table octets = columns("Uint8Vector", bytes(0, 1, 3), bytes(1, 0, 3));
    for (Table columns : List.of(shorts, octets)) {
      TfliteSparsity sparsity = read(ORDER, null, floats(5, 6, 7), ROWS, columns);
      assertArrayEquals(new int[] {1, 0, 3}, sparsity.dimensions().get(1).indices());
    }
  }

  @Test
  void blocks() {
    Table block = Table.builder("DimensionMetadata").set("dense_size", 2).build();
    Table columns = columns(new int[] {0, 1, 2}, 0, 1);
    TfliteSparsity sparsity =
        read(new int[] {0, 1, 2}, new int[] {1}, floats(0, 5, 0, 7), ROWS, columns, block);
    assertEquals(4, sparsity.stored());
    assertArrayEquals(new int[] {1}, sparsity.blockMap());
  }

  @Test
  void brokenForms() {
    ByteBuffer three = floats(5, 6, 7);
    Table block = Table.builder("DimensionMetadata").set("dense_size", 3).build();
    refused("do not go with 1 in traversal_order", new int[] {0}, null, three, ROWS, COLUMNS);
    refused("and 1 in dim_metadata", ORDER, null, three, ROWS);
    refused("[1, 1] is not a permutation", new int[] {1, 1}, null, three, ROWS, COLUMNS);
    refused("[0, 2] is not a permutation", new int[] {0, 2}, null, three, ROWS, COLUMNS);
    refused("dense_size 4 of level 1 is not 2", new int[] {1, 0}, null, three, four(), four());
    refused("segments of level 1", ORDER, null, three, ROWS, columns(new int[] {0, 3}, 1, 0, 3));
    refused("segments of level 1", ORDER, null, three, ROWS, columns(new int[] {1, 1, 3}, 1, 0, 3));
    refused("segments of level 1", ORDER, null, three, ROWS, columns(new int[] {0, 3, 1}, 1, 0, 3));
    refused("segments of level 1", ORDER, null, three, ROWS, columns(new int[] {0, 1, 4}, 1, 0, 3));
    refused("segments of level 1", ORDER, null, three, ROWS, columns(new int[0]));
    refused("index 4 of level 1", ORDER, null, three, ROWS, columns(new int[] {0, 1, 3}, 1, 0, 4));
    refused(
        "index -1 of level 1", ORDER, null, three, ROWS, columns(new int[] {0, 1, 3}, 1, 0, -1));
    refused("has 8 bytes, but 3 elements of FLOAT32", ORDER, null, floats(5, 6), ROWS, COLUMNS);
    refused("a sparse tensor has no contents", ORDER, null, floats(), ROWS, COLUMNS);
    refused(
        "blocks of 3 do not divide dimension 1 of [2, 4]",
        new int[] {0, 1, 2},
        new int[] {1},
        three,
        ROWS,
        COLUMNS,
        block);
    refused(
        "block_map [5] names no dimension 5",
        new int[] {0, 1, 2},
        new int[] {5},
        three,
        ROWS,
        COLUMNS,
        block);
    refused(
        "a compressed dimension has no array_segments",
        ORDER,
        null,
        three,
        ROWS,
        Table.builder("DimensionMetadata").set("format", DimensionFormat.SPARSE_CSR).build());
  }

  private static Table four() {
    return Table.builder("DimensionMetadata").set("dense_size", 4).build();
  }
}

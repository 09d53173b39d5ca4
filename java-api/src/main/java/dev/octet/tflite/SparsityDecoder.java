// SPDX-License-Identifier: Apache-2.0
package dev.octet.tflite;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Reads and checks how a sparse tensor is stored; see {@link TfliteSparsity}. */
final class SparsityDecoder {
  private final Faults faults;
  private final Table table;
  private final String words;

  SparsityDecoder(Faults faults, Table table, String tensor) {
    this.faults = faults;
    this.table = table;
    this.words = tensor + " sparsity";
  }

  TfliteSparsity decode(int[] shape) {
    int[] order = table.ints("traversal_order");
    int[] blockMap = table.ints("block_map");
    List<Table> tables = table.tables("dim_metadata");
    int rank = shape.length;
    if (order.length != rank + blockMap.length || tables.size() != order.length) {
      throw faults.at(
          table,
          words
              + ": rank "
              + rank
              + " and "
              + blockMap.length
              + " blocks do not go with "
              + order.length
              + " in traversal_order and "
              + tables.size()
              + " in dim_metadata");
    }
    checkOrder(order, rank);
    List<TfliteSparsity.Dimension> dimensions = new ArrayList<>();
    for (Table dimension : tables) {
      dimensions.add(dimension(dimension));
    }
    int[] sizes = sizes(shape, order, blockMap, dimensions);
    long stored = 1;
    for (int i = 0; i < order.length; i++) {
      stored = stored(tables.get(i), dimensions.get(i), i, sizes[order[i]], stored);
    }
    return new TfliteSparsity(order, blockMap, dimensions, (int) stored);
  }

  /** The first n are a permutation of 0..n-1, the rest of n..n+k-1. */
  private void checkOrder(int[] order, int rank) {
    boolean[] seen = new boolean[order.length];
    for (int i = 0; i < order.length; i++) {
      int dimension = order[i];
      int least = i < rank ? 0 : rank;
      int end = i < rank ? rank : order.length;
      if (dimension < least || dimension >= end || seen[dimension]) {
        throw faults.at(
            table,
            "traversal_order",
            words + ": traversal_order " + Faults.text(order) + " is not a permutation");
      }
      seen[dimension] = true;
    }
  }

  private TfliteSparsity.Dimension dimension(Table dimension) {
    DimensionFormat format = dimension.enumeration("format", DimensionFormat.class);
    return format == DimensionFormat.DENSE
        ? new TfliteSparsity.Dimension(
            format, dimension.integer("dense_size"), new int[0], new int[0])
        : new TfliteSparsity.Dimension(
            format, 0, values(dimension, "array_segments"), values(dimension, "array_indices"));
  }

  private int[] values(Table dimension, String field) {
    Table vector = dimension.table(field);
    if (vector == null) {
      throw faults.at(dimension, field, words + ": a compressed dimension has no " + field);
    }
    if (!vector.name().equals("Uint8Vector")) {
      return vector.ints("values");
    }
    ByteBuffer bytes = vector.bytes("values");
    int[] values = new int[bytes.limit()];
    for (int i = 0; i < values.length; i++) {
      values[i] = bytes.get(i) & 0xff;
    }
    return values;
  }

  /** The size of each dimension and block: a block divides the dimension it maps to. */
  private int[] sizes(
      int[] shape, int[] order, int[] blockMap, List<TfliteSparsity.Dimension> dimensions) {
    int[] sizes = Arrays.copyOf(shape, order.length);
    for (int i = shape.length; i < order.length; i++) {
      int block = order[i];
      int size = dimensions.get(i).size();
      int mapped = blockMap[block - shape.length];
      if (mapped < 0 || mapped >= shape.length) {
        throw faults.at(
            table,
            "block_map",
            words + ": block_map " + Faults.text(blockMap) + " names no dimension " + mapped);
      }
      if (size < 1 || sizes[mapped] % size != 0) {
        throw faults.at(
            table,
            "block_map",
            words
                + ": blocks of "
                + size
                + " do not divide dimension "
                + mapped
                + " of "
                + Faults.text(shape));
      }
      sizes[mapped] /= size;
      sizes[block] = size;
    }
    return sizes;
  }

  /** Elements stored down to dimension {@code i}, of which {@code outer} were stored above. */
  private long stored(
      Table source, TfliteSparsity.Dimension dimension, int i, int size, long outer) {
    if (dimension.format() == DimensionFormat.DENSE) {
      if (dimension.size() != size) {
        throw faults.at(
            source,
            "dense_size",
            words + ": dense_size " + dimension.size() + " of level " + i + " is not " + size);
      }
      if (outer * size > Integer.MAX_VALUE) {
        throw faults.at(source, "dense_size", words + ": more than 2147483647 elements are stored");
      }
      return outer * size;
    }
    int[] segments = dimension.segments();
    int[] indices = dimension.indices();
    boolean rising = segments.length == outer + 1 && segments[0] == 0;
    for (int k = 1; rising && k < segments.length; k++) {
      rising = segments[k] >= segments[k - 1];
    }
    if (!rising || segments[segments.length - 1] != indices.length) {
      throw faults.at(
          source,
          "array_segments",
          words
              + ": the "
              + segments.length
              + " segments of level "
              + i
              + " do not rise from 0 to "
              + indices.length
              + " in "
              + outer
              + " rows");
    }
    for (int index : indices) {
      if (index < 0 || index >= size) {
        throw faults.at(
            source,
            "array_indices",
            words + ": index " + index + " of level " + i + " is outside a dimension of " + size);
      }
    }
    return indices.length;
  }
}

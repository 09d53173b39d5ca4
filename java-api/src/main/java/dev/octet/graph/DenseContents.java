// SPDX-License-Identifier: Apache-2.0
package dev.octet.graph;

import dev.octet.UnsupportedOperatorException;
import dev.octet.tflite.DimensionFormat;
import dev.octet.tflite.TfliteSparsity;
import dev.octet.tflite.TfliteTensor;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * The dense contents of a sparse constant: the stored elements in their places, zeros elsewhere.
 * Levels are walked from the outermost; a dense level takes all positions, a compressed one those
 * between two segments. A block divides the dimension that it maps to: position = outer * block
 * size + inner.
 */
final class DenseContents {
  /** What is not stored makes no file longer, so a small file could ask for any memory. */
  private static final long MAX_BYTES = 1L << 28;

  private final TfliteTensor tensor;
  private final int[] shape;
  private final int[] order;
  private final int[] blockMap;
  private final List<TfliteSparsity.Dimension> levels;
  private final int[][] segments;
  private final int[][] indices;
  private final int[] blockSizes;
  private final int[] position;
  private final ByteBuffer stored;
  private final ByteBuffer dense;
  private int next;

  private DenseContents(TfliteTensor tensor, TfliteSparsity sparsity) {
    this.tensor = tensor;
    this.shape = tensor.shape();
    this.order = sparsity.traversalOrder();
    this.blockMap = sparsity.blockMap();
    this.levels = sparsity.dimensions();
    this.segments = new int[levels.size()][];
    this.indices = new int[levels.size()][];
    this.blockSizes = new int[blockMap.length];
    for (int level = 0; level < levels.size(); level++) {
      segments[level] = levels.get(level).segments();
      indices[level] = levels.get(level).indices();
      if (order[level] >= shape.length) {
        blockSizes[order[level] - shape.length] = levels.get(level).size();
      }
    }
    this.position = new int[order.length];
    this.stored = tensor.data();
    this.dense = ByteBuffer.allocate(tensor.elements() * tensor.type().bytes());
  }

  /** The tensor's contents, dense whatever the file has; null when they are not in the file. */
  static ByteBuffer of(String source, TfliteTensor tensor) {
    TfliteSparsity sparsity = tensor.sparsity();
    if (sparsity == null || !tensor.isConstant()) {
      return tensor.data();
    }
    int bytes = tensor.type().bytes();
    if (bytes == 0 || (long) tensor.elements() * bytes > MAX_BYTES) {
      throw new UnsupportedOperatorException(
          source,
          tensor.index(),
          "TENSOR",
          tensor.name(),
          bytes == 0
              ? "is sparse of type " + tensor.type()
              : "is sparse with more than " + MAX_BYTES + " bytes when dense");
    }
    DenseContents contents = new DenseContents(tensor, sparsity);
    contents.walk(0, 0);
    return contents.dense.asReadOnlyBuffer();
  }

  /** Level {@code level} of its row {@code row}, as the levels above count rows. */
  private void walk(int level, int row) {
    if (level == order.length) {
      store();
      return;
    }
    if (levels.get(level).format() == DimensionFormat.DENSE) {
      int size = levels.get(level).size();
      for (int at = 0; at < size; at++) {
        position[order[level]] = at;
        walk(level + 1, row * size + at);
      }
      return;
    }
    for (int at = segments[level][row]; at < segments[level][row + 1]; at++) {
      position[order[level]] = indices[level][at];
      walk(level + 1, at);
    }
  }

  private void store() {
    int[] at = position.clone();
    for (int block = 0; block < blockMap.length; block++) {
      int axis = blockMap[block];
      at[axis] = at[axis] * blockSizes[block] + position[shape.length + block];
    }
    int element = 0;
    for (int axis = 0; axis < shape.length; axis++) {
      element = element * shape[axis] + at[axis];
    }
    int size = tensor.type().bytes();
    for (int i = 0; i < size; i++) {
      dense.put(element * size + i, stored.get(next * size + i));
    }
    next++;
  }
}

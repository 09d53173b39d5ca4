// SPDX-License-Identifier: Apache-2.0
package dev.octet.tflite;

import java.util.List;

/**
 * How a sparse tensor of n dimensions, with k block dimensions, is stored. Checked: the order is a
 * permutation, segments rise from 0 to the number of indices, and every index is in its dimension.
 *
 * @param traversalOrder n + k dimensions from outermost to innermost; those from n on are blocks
 * @param blockMap the dimension that each of the k block dimensions divides
 * @param dimensions storage of each dimension, in traversal order
 * @param stored number of stored elements
 */
public record TfliteSparsity(
    int[] traversalOrder, int[] blockMap, List<Dimension> dimensions, int stored) {
  public TfliteSparsity {
    traversalOrder = traversalOrder.clone();
    blockMap = blockMap.clone();
    dimensions = List.copyOf(dimensions);
  }

  @Override
  public int[] traversalOrder() {
    return traversalOrder.clone();
  }

  @Override
  public int[] blockMap() {
    return blockMap.clone();
  }

  /**
   * Storage of one dimension.
   *
   * @param format dense or compressed
   * @param size the dense size; 0 when compressed
   * @param segments of compressed rows, where each begins in {@code indices}, and the end
   * @param indices of compressed rows, the positions along the dimension
   */
  public record Dimension(DimensionFormat format, int size, int[] segments, int[] indices) {
    public Dimension {
      segments = segments.clone();
      indices = indices.clone();
    }

    @Override
    public int[] segments() {
      return segments.clone();
    }

    @Override
    public int[] indices() {
      return indices.clone();
    }
  }
}

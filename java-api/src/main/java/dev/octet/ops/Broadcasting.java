// SPDX-License-Identifier: Apache-2.0
package dev.octet.ops;

import dev.octet.graph.NodeContext;
import dev.octet.graph.Value;

/**
 * The shape of two values under the broadcasting rule: dimensions are aligned at the last, and
 * where they differ one of them is 1.
 */
final class Broadcasting {
  private static final int MAX_RANK = 8;

  private Broadcasting() {}

  static int[] shape(NodeContext node, Value a, Value b) {
    int rank = Math.max(a.rank(), b.rank());
    node.require(rank <= MAX_RANK, rank == a.rank() ? a : b, "rank " + rank + " is over 8");
    int[] shape = new int[rank];
    for (int i = 0; i < rank; i++) {
      int first = dim(a, i - rank + a.rank());
      int second = dim(b, i - rank + b.rank());
      node.require(
          first == second || first == 1 || second == 1,
          b,
          "does not broadcast with " + a + ": dimension " + second + " against " + first);
      shape[i] = first == 1 ? second : first;
    }
    return shape;
  }

  private static int dim(Value value, int axis) {
    return axis < 0 ? 1 : value.dim(axis);
  }
}

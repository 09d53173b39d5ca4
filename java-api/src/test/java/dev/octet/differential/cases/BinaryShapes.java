// SPDX-License-Identifier: Apache-2.0
package dev.octet.differential.cases;

import java.util.Arrays;

/** Random shapes that go together under the broadcasting rule. */
final class BinaryShapes {
  private BinaryShapes() {}

  /**
   * {@code count} shapes: equal ones, of up to six dimensions, or ones of up to {@code rank}
   * dimensions of which some are 1 or absent. Sometimes rows are long, rarely a dimension is 0.
   */
  static int[][] of(SingleOp m, int count, int rank) {
    int[][] shapes = new int[count][];
    if (m.chance(0.4)) {
      Arrays.fill(shapes, whole(m, m.number(0, 6)));
      return shapes;
    }
    int[] full = whole(m, m.number(0, rank));
    for (int i = 0; i < count; i++) {
      int drop = i > 0 && m.chance(0.3) ? m.number(0, full.length) : 0;
      shapes[i] = Arrays.copyOfRange(full, drop, full.length);
      for (int axis = 0; axis < shapes[i].length; axis++) {
        if (m.chance(0.35)) {
          shapes[i][axis] = 1;
        }
      }
    }
    if (m.chance(0.5)) {
      int[] first = shapes[0];
      shapes[0] = shapes[count - 1];
      shapes[count - 1] = first;
    }
    return shapes;
  }

  private static int[] whole(SingleOp m, int rank) {
    int[] shape = m.shape(rank, rank > 4 ? 3 : 6);
    if (rank > 0 && m.chance(0.4)) {
      shape[rank - 1] = m.number(1, 70);
    }
    if (rank > 0 && m.chance(0.05)) {
      shape[m.number(0, rank - 1)] = 0;
    }
    return shape;
  }
}

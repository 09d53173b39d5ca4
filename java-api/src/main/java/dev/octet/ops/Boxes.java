// SPDX-License-Identifier: Apache-2.0
package dev.octet.ops;

import java.util.Arrays;

/** Boxes as four floats each: ymin, xmin, ymax, xmax. */
final class Boxes {
  private final float[] corners;

  Boxes(int count) {
    this.corners = new float[4 * count];
  }

  int count() {
    return corners.length / 4;
  }

  float corner(int box, int i) {
    return corners[4 * box + i];
  }

  void set(int box, float ymin, float xmin, float ymax, float xmax) {
    corners[4 * box] = ymin;
    corners[4 * box + 1] = xmin;
    corners[4 * box + 2] = ymax;
    corners[4 * box + 3] = xmax;
  }

  /** The first box whose minimum is above its maximum, or -1. */
  int invalid() {
    for (int i = 0; i < corners.length; i += 4) {
      if (corners[i] > corners[i + 2] || corners[i + 1] > corners[i + 3]) {
        return i / 4;
      }
    }
    return -1;
  }

  /** Area of the intersection by that of the union; 0 where one box has no area. */
  float overlap(int a, int b) {
    int i = 4 * a;
    int j = 4 * b;
    float areaA = (corners[i + 2] - corners[i]) * (corners[i + 3] - corners[i + 1]);
    float areaB = (corners[j + 2] - corners[j]) * (corners[j + 3] - corners[j + 1]);
    if (areaA <= 0 || areaB <= 0) {
      return 0;
    }
    float height = Math.min(corners[i + 2], corners[j + 2]) - Math.max(corners[i], corners[j]);
    float width =
        Math.min(corners[i + 3], corners[j + 3]) - Math.max(corners[i + 1], corners[j + 1]);
    float common = Math.max(height, 0) * Math.max(width, 0);
    return common / (areaA + areaB - common);
  }

  /**
   * Boxes by decreasing score, without those that overlap a better one: at most {@code most}, of
   * scores of at least {@code least}, each overlapping those before it by at most {@code overlap}.
   * Equal scores stay in their order.
   */
  int[] suppress(float[] scores, int most, float least, float overlap) {
    long[] keys = new long[scores.length];
    int kept = 0;
    for (int i = 0; i < scores.length; i++) {
      if (scores[i] >= least) {
        keys[kept++] = (long) ~ordered(scores[i]) << 32 | i;
      }
    }
    Arrays.sort(keys, 0, kept);
    boolean[] dropped = new boolean[kept];
    int[] selected = new int[Math.min(kept, most)];
    int count = 0;
    for (int i = 0; i < kept && count < selected.length; i++) {
      if (dropped[i]) {
        continue;
      }
      int box = (int) keys[i];
      selected[count++] = box;
      for (int j = i + 1; j < kept; j++) {
        if (!dropped[j] && overlap(box, (int) keys[j]) > overlap) {
          dropped[j] = true;
        }
      }
    }
    return Arrays.copyOf(selected, count);
  }

  /** An int that orders as the float does; both zeros are the same. */
  private static int ordered(float value) {
    int bits = Float.floatToIntBits(value + 0f);
    return bits >= 0 ? bits : bits ^ 0x7fffffff;
  }
}

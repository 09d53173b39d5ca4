// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.cli;

import java.util.Arrays;

/**
 * Percentiles by nearest rank: the p-th is the smallest sample that at least p percent of all
 * samples do not exceed. No value is interpolated.
 */
final class Percentiles {
  private final double[] sorted;

  /**
   * @throws IllegalArgumentException if there is no sample
   */
  Percentiles(double[] samples) {
    if (samples.length == 0) {
      throw new IllegalArgumentException("no samples");
    }
    sorted = samples.clone();
    Arrays.sort(sorted);
  }

  double min() {
    return sorted[0];
  }

  int count() {
    return sorted.length;
  }

  /**
   * @param percent greater than 0, at most 100
   */
  double at(double percent) {
    // 99.9 percent of 1000 is 999, not the 999.0000000000001 of floating point
    int rank = (int) Math.ceil(percent * sorted.length / 100 - 1e-9);
    return sorted[Math.max(1, Math.min(sorted.length, rank)) - 1];
  }
}

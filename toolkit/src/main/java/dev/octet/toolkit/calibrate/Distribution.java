// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.calibrate;

/**
 * A histogram in ascending order of the numbers: bin i holds {@code counts[i]} numbers from {@code
 * low[i]} to {@code high[i]}. Exact zeros are a bin of no width.
 */
record Distribution(double[] low, double[] high, long[] counts) {
  static Distribution of(Histogram histogram) {
    int[] bins = histogram.bins();
    int negative = 0;
    while (negative < bins.length && bins[bins.length - 1 - negative] >= SIGN) {
      negative++;
    }
    int positive = bins.length - negative;
    boolean minusZero = positive < bins.length && bins[positive] == SIGN;
    boolean merged = minusZero && positive > 0 && bins[0] == 0;
    int n = bins.length - (merged ? 1 : 0);
    double[] low = new double[n];
    double[] high = new double[n];
    long[] counts = new long[n];
    for (int i = 0; i < n; i++) {
      int bin = i < negative ? bins[bins.length - 1 - i] : bins[i - negative + (merged ? 1 : 0)];
      if (bin == 0 || bin == SIGN) {
        counts[i] = histogram.count(0) + histogram.count(SIGN);
        continue;
      }
      double near = Histogram.near(bin);
      double far = Histogram.far(bin);
      low[i] = Math.min(near, far);
      high[i] = Math.max(near, far);
      counts[i] = histogram.count(bin);
    }
    return new Distribution(low, high, counts);
  }

  /** The number of the bin of -0, the first of the negative ones. */
  private static final int SIGN = 256 * Histogram.PER_OCTAVE;

  int size() {
    return counts.length;
  }

  long total() {
    long total = 0;
    for (long count : counts) {
      total += count;
    }
    return total;
  }

  /**
   * The number that a share of all numbers is not greater than, linear within a bin.
   *
   * @param share 0 to 1
   */
  double quantile(double share) {
    double wanted = share * total();
    double before = 0;
    for (int i = 0; i < counts.length; i++) {
      if (before + counts[i] >= wanted) {
        double part = counts[i] == 0 ? 0 : Math.max(0, wanted - before) / counts[i];
        return low[i] + part * (high[i] - low[i]);
      }
      before += counts[i];
    }
    return counts.length == 0 ? 0 : high[counts.length - 1];
  }
}

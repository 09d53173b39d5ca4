// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.calibrate;

/**
 * {@link CalibrationMethod#mse}: first both ends are drawn in together, then each by itself until
 * nothing is won, in steps of 4 % and at last of 0.5 %.
 */
record SquaredErrorMethod() implements CalibrationMethod {
  /** Steps of an octave in the coarse search; ten octaves are searched. */
  private static final int PER_OCTAVE = 16;

  private static final int COARSE = 10 * PER_OCTAVE;
  private static final int FINER = 8;
  private static final int ROUNDS = 4;

  @Override
  public Range range(TensorStatistics tensor, int bits) {
    Search search = new Search(tensor, bits);
    if (bits == 16) {
      search.shrink(true, true);
      return search.range();
    }
    search.shrink(true, true);
    for (int round = 0; round < ROUNDS; round++) {
      double before = search.best;
      search.shrink(true, false);
      search.shrink(false, true);
      if (search.best == before) {
        break;
      }
    }
    return search.range();
  }

  /** The best ends so far. */
  private static final class Search {
    private final TensorStatistics tensor;
    private final int bits;
    private final double[] centers;
    private final double[] widths;
    private final long[] counts;
    private double low;
    private double high;
    double best;

    Search(TensorStatistics tensor, int bits) {
      this.tensor = tensor;
      this.bits = bits;
      Distribution bins = tensor.distribution();
      counts = bins.counts();
      centers = new double[counts.length];
      widths = new double[counts.length];
      for (int i = 0; i < counts.length; i++) {
        // the outermost bins end at the extremes
        double from = Math.max(bins.low()[i], tensor.min());
        double to = Math.min(bins.high()[i], tensor.max());
        centers[i] = (from + to) / 2;
        widths[i] = to - from;
      }
      low = Math.min(0, tensor.min());
      high = Math.max(0, tensor.max());
      best = error(low, high);
    }

    /** Tries smaller ends, {@code end * 2^(-k / 16)}, then others about the best one. */
    void shrink(boolean lower, boolean upper) {
      double fromLow = Math.min(0, tensor.min());
      double fromHigh = Math.max(0, tensor.max());
      double found = -1;
      for (int k = 0; k <= COARSE; k++) {
        if (attempt(lower, upper, fromLow, fromHigh, (double) k / PER_OCTAVE)) {
          found = (double) k / PER_OCTAVE;
        }
      }
      if (found < 0 && lower && upper) {
        return;
      }
      double about = found >= 0 ? found : octaves(lower ? fromLow / low : fromHigh / high);
      for (int k = -FINER; k <= FINER; k++) {
        double finer = about + (double) k / (FINER * PER_OCTAVE);
        attempt(lower, upper, fromLow, fromHigh, Math.max(0, finer));
      }
    }

    private static double octaves(double ratio) {
      return Double.isFinite(ratio) && ratio > 1 ? Math.log(ratio) / Math.log(2) : 0;
    }

    private boolean attempt(
        boolean lower, boolean upper, double fromLow, double fromHigh, double octaves) {
      double factor = Math.pow(2, -octaves);
      double tryLow = lower ? fromLow * factor : low;
      double tryHigh = upper ? fromHigh * factor : high;
      double error = error(tryLow, tryHigh);
      if (error < best) {
        best = error;
        low = tryLow;
        high = tryHigh;
        return true;
      }
      return false;
    }

    /** Sum of squared differences. */
    private double error(double from, double to) {
      int levels = (1 << bits) - 1;
      double step = bits == 16 ? Math.max(-from, to) / 32767 : (to - from) / levels;
      if (step == 0) {
        return Double.POSITIVE_INFINITY;
      }
      double first = bits == 16 ? -32767 : Math.rint(from / step);
      double last = bits == 16 ? 32767 : first + levels;
      double sum = 0;
      for (int i = 0; i < counts.length; i++) {
        double x = centers[i];
        double q = Math.max(first, Math.min(last, Math.rint(x / step)));
        double difference = x - q * step;
        boolean inside = Math.abs(difference) <= step / 2;
        // over a bin as wide as a step, the rounding error takes every size alike
        double square = inside && widths[i] > step / 2 ? step * step / 12 : difference * difference;
        sum += counts[i] * square;
      }
      return sum;
    }

    Range range() {
      float least = tensor.min() >= 0 ? tensor.min() : (float) Math.max(low, tensor.min());
      float most = tensor.max() <= 0 ? tensor.max() : (float) Math.min(high, tensor.max());
      if (bits == 16) {
        double bound = Math.max(-low, high);
        least = (float) Math.max(tensor.min(), -bound);
        most = (float) Math.min(tensor.max(), bound);
      }
      return new Range(Math.min(least, most), Math.max(least, most));
    }
  }

  @Override
  public String toString() {
    return "mse";
  }
}

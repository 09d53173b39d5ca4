// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.calibrate;

/** {@link CalibrationMethod#entropy}. */
record EntropyMethod() implements CalibrationMethod {
  static final int BINS = 2048;

  /** Bins between two thresholds that are tried: 0.4 % of the greatest magnitude. */
  private static final int STRIDE = 8;

  /** Stands, as a count, for an empty last bin that what lies beyond was added to. */
  private static final double ALMOST_NOTHING = 1e-4;

  @Override
  public Range range(TensorStatistics tensor, int bits) {
    double greatest = Math.max(Math.abs(tensor.min()), Math.abs(tensor.max()));
    if (bits == 16 || greatest == 0) {
      return new Range(tensor.min(), tensor.max());
    }
    boolean oneSign = tensor.min() >= 0 || tensor.max() <= 0;
    double[] magnitudes = magnitudes(tensor, greatest);
    int kept = threshold(magnitudes, oneSign ? 256 : 128);
    float bound = (float) (greatest * kept / BINS);
    float low = Math.max(tensor.min(), -bound);
    float high = Math.min(tensor.max(), bound);
    // numbers of one sign that are all beyond the bound
    return low <= high ? new Range(low, high) : new Range(tensor.min(), tensor.max());
  }

  /** Counts of the magnitudes but zero in equal bins; a bin that spans several is divided. */
  private static double[] magnitudes(TensorStatistics tensor, double greatest) {
    double[] counts = new double[BINS];
    Distribution bins = tensor.distribution();
    for (int i = 0; i < bins.size(); i++) {
      double from = Math.max(bins.low()[i], tensor.min());
      double to = Math.min(bins.high()[i], tensor.max());
      if (bins.low()[i] < bins.high()[i]) {
        double a = Math.min(Math.abs(from), Math.abs(to)) * BINS / greatest;
        double b = Math.max(Math.abs(from), Math.abs(to)) * BINS / greatest;
        spread(counts, a, b, bins.counts()[i]);
      }
    }
    return counts;
  }

  private static void spread(double[] counts, double from, double to, double count) {
    int first = Math.min(BINS - 1, (int) from);
    int last = Math.min(BINS - 1, (int) to);
    for (int bin = first; bin <= last; bin++) {
      double part = first == last ? 1 : (Math.min(bin + 1, to) - Math.max(bin, from)) / (to - from);
      counts[bin] += count * Math.max(0, part);
    }
  }

  /** How many bins to keep. */
  static int threshold(double[] counts, int levels) {
    double beyond = 0;
    for (int i = levels; i < BINS; i++) {
      beyond += counts[i];
    }
    int best = BINS;
    double least = Double.POSITIVE_INFINITY;
    for (int kept = levels; kept <= BINS; kept += STRIDE) {
      double divergence = divergence(counts, kept, levels, Math.max(0, beyond));
      if (divergence < least) {
        least = divergence;
        best = kept;
      }
      for (int i = kept; i < Math.min(BINS, kept + STRIDE); i++) {
        beyond -= counts[i];
      }
    }
    return best;
  }

  /** Of the first bins, what lies beyond in the last, from their quantized selves. */
  private static double divergence(double[] counts, int kept, int levels, double beyond) {
    double[] quantized = new double[kept];
    double all = beyond;
    double allQuantized = 0;
    for (int level = 0; level < levels; level++) {
      int from = (int) ((long) level * kept / levels);
      int to = (int) ((long) (level + 1) * kept / levels);
      double sum = 0;
      int held = 0;
      for (int i = from; i < to; i++) {
        sum += counts[i];
        held += counts[i] > 0 ? 1 : 0;
      }
      for (int i = from; i < to; i++) {
        quantized[i] = counts[i] > 0 ? sum / held : 0;
      }
      all += sum;
      allQuantized += sum;
    }
    double divergence = 0;
    for (int i = 0; i < kept; i++) {
      double p = (counts[i] + (i == kept - 1 ? beyond : 0)) / all;
      if (p > 0) {
        divergence += p * Math.log(p / (Math.max(quantized[i], ALMOST_NOTHING) / allQuantized));
      }
    }
    return divergence;
  }

  @Override
  public String toString() {
    return "entropy";
  }
}

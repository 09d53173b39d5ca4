// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.evaluate;

/**
 * The same samples judged right or wrong under a baseline and under a model.
 *
 * @param bothRight samples right under both
 * @param lost right under the baseline alone
 * @param won right under the model alone
 * @param bothWrong wrong under both
 */
public record PairedCounts(long bothRight, long lost, long won, long bothWrong) {
  private static final double LN_2 = Math.log(2);

  public PairedCounts {
    if (bothRight < 0 || lost < 0 || won < 0 || bothWrong < 0) {
      throw new IllegalArgumentException("a count is negative");
    }
  }

  /**
   * Counts samples.
   *
   * @param baseline 1 for a sample that is right, 0 for a wrong one
   * @param model the same, in the same order
   */
  public static PairedCounts of(double[] baseline, double[] model) {
    if (baseline.length != model.length) {
      throw new IllegalArgumentException(
          baseline.length + " and " + model.length + " samples are no pairs");
    }
    long[] counts = new long[4];
    for (int i = 0; i < baseline.length; i++) {
      counts[(baseline[i] == 1 ? 0 : 2) + (model[i] == 1 ? 0 : 1)]++;
    }
    return new PairedCounts(counts[0], counts[1], counts[2], counts[3]);
  }

  /** Number of samples. */
  public long samples() {
    return bothRight + lost + won + bothWrong;
  }

  /** {@code (won - lost) / samples}: the model's share of right samples less the baseline's. */
  public double difference() {
    return (double) (won - lost) / samples();
  }

  /**
   * McNemar's exact conditional test, two-sided: with {@code k = min(lost, won)} and {@code m =
   * lost + won}, {@code min(1, 2 P(X <= k))} for X binomial(m, 1/2). 1 when no sample differs.
   */
  public double exactP() {
    return Math.min(1, 2 * tail(Math.min(lost, won)));
  }

  /**
   * McNemar's mid-p test, two-sided: {@link #exactP} before its limit less {@code P(X = k)}. The
   * exact test misses its level by far on the safe side; this one is recommended for all sizes
   * (Fagerland, Lydersen and Laake 2013, BMC Medical Research Methodology 13:91).
   */
  public double midP() {
    long k = Math.min(lost, won);
    return lost == won ? 1 - tie() : Math.min(1, 2 * tail(k) - Math.exp(logProbability(k)));
  }

  // 2 P(X <= m / 2) - P(X = m / 2) is 1 for even m; the mid-p of a tie is 1 - P(X = m / 2) / 2
  private double tie() {
    return lost + won == 0 ? 0 : Math.exp(logProbability(lost)) / 2;
  }

  /** P(X <= k); the terms below the k-th shrink by {@code i / (m - i + 1)}. */
  private double tail(long k) {
    long m = lost + won;
    double sum = 0;
    double term = 1;
    for (long i = k; i >= 0 && term > 1e-18 * sum; i--) {
      sum += term;
      term *= (double) i / (m - i + 1);
    }
    return sum * Math.exp(logProbability(k));
  }

  private double logProbability(long k) {
    long m = lost + won;
    return LogFactorial.of(m) - LogFactorial.of(k) - LogFactorial.of(m - k) - m * LN_2;
  }

  /**
   * The 95 % score interval of {@link #difference} (Tango 1998, Statistics in Medicine 17:891): all
   * D with {@code |d - n D| <= z sqrt(n (2 q + D (1 - D)))}, where {@code d = won - lost}, n counts
   * the samples and q is the probability of a lost sample that is most likely under a difference of
   * D: the greater root of {@code 2 n q^2 + ((2 n - d) D - (won + lost)) q - lost D (1 - D) = 0}.
   * Unlike the textbook interval it stays within -1 and 1 and has a width when no sample differs.
   *
   * @throws IllegalStateException without samples
   */
  public Interval interval() {
    if (samples() == 0) {
      throw new IllegalStateException("no samples");
    }
    double estimate = difference();
    return new Interval(limit(-1, estimate, true), limit(estimate, 1, false));
  }

  /**
   * The place between two differences where the statistic crosses z; it falls from left to right.
   */
  private double limit(double left, double right, boolean lower) {
    double bound = lower ? Interval.Z : -Interval.Z;
    // 60 halvings of a width of at most 2 leave less than 2e-18
    for (int i = 0; i < 60; i++) {
      double middle = (left + right) / 2;
      if (statistic(middle) > bound) {
        left = middle;
      } else {
        right = middle;
      }
    }
    return (left + right) / 2;
  }

  private double statistic(double difference) {
    double n = samples();
    double b = (2 * n - (won - lost)) * difference - (won + lost);
    double c = -lost * difference * (1 - difference);
    double q = (Math.sqrt(Math.max(0, b * b - 8 * n * c)) - b) / (4 * n);
    double variance = n * (2 * q + difference * (1 - difference));
    double distance = won - lost - n * difference;
    return variance <= 0 ? Math.signum(distance) * 1e300 : distance / Math.sqrt(variance);
  }
}

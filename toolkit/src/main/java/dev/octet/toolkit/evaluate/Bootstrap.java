// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.evaluate;

import java.util.Arrays;

/**
 * Percentile bootstrap of paired samples: samples are drawn with replacement, the same ones for
 * both models; the interval runs from the 2.5th to the 97.5th percentile of the statistic (Efron
 * and Tibshirani 1993, chapter 13). The numbers drawn depend on the seed alone. Fewer than {@value
 * #LEAST_SAMPLES} samples give no interval: samples that all differ to one side would make one
 * without 0, and chance alone does that in more than 5 % of cases ({@code 2 / 2^n}).
 *
 * @param resamples how often all samples are drawn, at least 100
 * @param seed of the generator (SplitMix64)
 */
public record Bootstrap(int resamples, long seed) {
  /** The least n with {@code 2 / 2^n <= 0.05}. */
  static final int LEAST_SAMPLES = 6;

  public Bootstrap {
    if (resamples < 100) {
      throw new IllegalArgumentException(resamples + " resamples are too few for percentiles");
    }
  }

  /** A number computed from chosen samples. */
  @FunctionalInterface
  interface Statistic {
    /**
     * @param indices of the samples, some more than once; not to be kept
     */
    double of(int[] indices);
  }

  /**
   * The interval of a statistic over {@code n} samples; NaN at both ends if it gives a NaN or there
   * are too few samples.
   */
  Interval interval(int n, Statistic statistic) {
    if (n < LEAST_SAMPLES) {
      return new Interval(Double.NaN, Double.NaN);
    }
    long state = seed;
    int[] indices = new int[n];
    double[] values = new double[resamples];
    for (int r = 0; r < resamples; r++) {
      if (Thread.currentThread().isInterrupted()) {
        throw new java.util.concurrent.CancellationException("interrupted while resampling");
      }
      for (int i = 0; i < n; i++) {
        state += 0x9e3779b97f4a7c15L;
        indices[i] = (int) ((mix(state) >>> 32) * n >>> 32);
      }
      values[r] = statistic.of(indices);
      if (Double.isNaN(values[r])) {
        return new Interval(Double.NaN, Double.NaN);
      }
    }
    Arrays.sort(values);
    return new Interval(quantile(values, 0.025), quantile(values, 0.975));
  }

  private static long mix(long z) {
    z = (z ^ z >>> 30) * 0xbf58476d1ce4e5b9L;
    z = (z ^ z >>> 27) * 0x94d049bb133111ebL;
    return z ^ z >>> 31;
  }

  /** Linear between the order statistics, as numpy does by default. */
  private static double quantile(double[] sorted, double p) {
    double position = p * (sorted.length - 1);
    int below = (int) position;
    int above = Math.min(below + 1, sorted.length - 1);
    return sorted[below] + (position - below) * (sorted[above] - sorted[below]);
  }
}

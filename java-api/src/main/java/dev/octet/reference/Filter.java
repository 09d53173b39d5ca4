// SPDX-License-Identifier: Apache-2.0
package dev.octet.reference;

/**
 * Which products a pixel of a convolution sums. A pixel of x has {@code groups * ci} channels; a
 * dense filter is [co,taps,ci], a depthwise one [taps,co], where output c reads channel c *
 * channels of x / co.
 */
record Filter(boolean depthwise, int co, int ci, int groups, int taps) {
  static Filter dense(int co, int ci, int groups, int taps) {
    return new Filter(false, co, ci, groups, taps);
  }

  /**
   * @param channels of x
   */
  static Filter depthwise(int co, int channels, int taps) {
    return new Filter(true, co, channels, 1, taps);
  }

  private int group(int c) {
    return c / (co / groups) * ci;
  }

  /**
   * The sums of all channels of a pixel: exact, or, with {@code narrow}, at least modulo 2^32.
   *
   * @param xs numbers of the pixels of x
   * @param at numbers of their window positions
   */
  void sums(int[] x, int[] w, boolean narrow, int[] xs, int[] at, int count, long[] sums) {
    int pixel = groups * ci;
    for (int c = 0; c < co; c++) {
      sums[c] = 0;
    }
    if (depthwise) {
      int multiplier = co / Math.max(1, ci);
      for (int t = 0; t < count; t++) {
        for (int i = 0, c = 0; i < ci; i++) {
          long number = x[xs[t] * pixel + i];
          for (int last = c + multiplier; c < last; c++) {
            sums[c] += number * w[at[t] * co + c];
          }
        }
      }
      return;
    }
    for (int c = 0; c < co; c++) {
      long sum = 0;
      for (int t = 0; t < count; t++) {
        int from = xs[t] * pixel + group(c);
        int weight = (c * taps + at[t]) * ci;
        sum +=
            narrow
                ? Products.dot(x, from, w, weight, ci)
                : Products.exactDot(x, from, w, weight, ci);
      }
      sums[c] = sum;
    }
  }

  /** The sums of floats, in double. */
  void sums(float[] x, float[] w, int[] xs, int[] at, int count, double[] sums) {
    int pixel = groups * ci;
    for (int c = 0; c < co; c++) {
      sums[c] = 0;
    }
    if (depthwise) {
      int multiplier = co / Math.max(1, ci);
      for (int t = 0; t < count; t++) {
        for (int i = 0, c = 0; i < ci; i++) {
          double number = x[xs[t] * pixel + i];
          for (int last = c + multiplier; c < last; c++) {
            sums[c] += number * w[at[t] * co + c];
          }
        }
      }
      return;
    }
    for (int c = 0; c < co; c++) {
      double sum = 0;
      for (int t = 0; t < count; t++) {
        int from = xs[t] * pixel + group(c);
        sum += Products.dot(x, from, w, (c * taps + at[t]) * ci, ci);
      }
      sums[c] = sum;
    }
  }
}

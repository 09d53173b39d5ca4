// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.calibrate;

import java.util.Arrays;

/**
 * Counts of finite float32 numbers in bins that are fine where the numbers are small: the numbers
 * of one sign and one binary exponent e (2^e <= |x| < 2^(e+1)) share {@value #PER_OCTAVE} bins of
 * equal width 2^e / 512. A bin is thus at most 0.2 % of the numbers in it wide, whatever else the
 * tensor holds, and neither the order of the numbers nor how they were divided among threads
 * changes a count. The bin at zero holds 0, -0 and subnormal numbers below 2^-135.
 */
final class Histogram {
  /** Bins of one sign and exponent. */
  static final int PER_OCTAVE = 512;

  private static final int SHIFT = 23 - Integer.numberOfTrailingZeros(PER_OCTAVE);

  /** By the upper nine bits of a float32; null where nothing was counted. */
  private final long[][] octaves = new long[PER_OCTAVE][];

  private static final long[] NONE = new long[PER_OCTAVE];

  /** Counts the float32 numbers with these bits, all finite. */
  void add(int[] bits, int n) {
    for (int i = 0; i < n; i++) {
      int word = bits[i];
      long[] octave = octaves[word >>> 23];
      if (octave == null) {
        octave = octaves[word >>> 23] = new long[PER_OCTAVE];
      }
      octave[word >>> SHIFT & PER_OCTAVE - 1]++;
    }
  }

  /** Adds to a bin by number, see {@link #number}. */
  void add(int bin, long count) {
    int octave = bin / PER_OCTAVE;
    if (octaves[octave] == null) {
      octaves[octave] = new long[PER_OCTAVE];
    }
    octaves[octave][bin % PER_OCTAVE] += count;
  }

  /** Adds all counts of the other. */
  void add(Histogram other) {
    for (int i = 0; i < octaves.length; i++) {
      if (other.octaves[i] != null) {
        for (int j = 0; j < PER_OCTAVE; j++) {
          if (other.octaves[i][j] != 0) {
            add(i * PER_OCTAVE + j, other.octaves[i][j]);
          }
        }
      }
    }
  }

  /** The bin of a finite number: the upper 18 bits of its float32. */
  static int number(float x) {
    return Float.floatToRawIntBits(x) >>> SHIFT;
  }

  /** Count of a bin. */
  long count(int bin) {
    long[] octave = octaves[bin / PER_OCTAVE];
    return octave == null ? 0 : octave[bin % PER_OCTAVE];
  }

  /** Numbers of the bins that hold anything, ascending. */
  int[] bins() {
    int[] bins = new int[PER_OCTAVE];
    int n = 0;
    for (int i = 0; i < octaves.length; i++) {
      long[] octave = octaves[i] == null ? NONE : octaves[i];
      for (int j = 0; j < PER_OCTAVE; j++) {
        if (octave[j] != 0) {
          bins = n == bins.length ? Arrays.copyOf(bins, 2 * n) : bins;
          bins[n++] = i * PER_OCTAVE + j;
        }
      }
    }
    return Arrays.copyOf(bins, n);
  }

  /** The bins in ascending order of the real numbers. */
  Distribution distribution() {
    return Distribution.of(this);
  }

  /** The end of a bin that is nearer to zero. */
  static double near(int bin) {
    return Float.intBitsToFloat(bin << SHIFT);
  }

  /** The end of a bin that is farther from zero; not in the bin. */
  static double far(int bin) {
    // beyond the greatest float is 2^128
    double magnitude = Math.abs(near(bin));
    double width = Math.max(Math.ulp((float) magnitude), Float.MIN_VALUE) * (1 << SHIFT);
    return bin << SHIFT < 0 ? -(magnitude + width) : magnitude + width;
  }
}

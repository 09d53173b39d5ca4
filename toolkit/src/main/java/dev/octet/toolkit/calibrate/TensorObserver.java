// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.calibrate;

import java.nio.IntBuffer;

/** Counts what one tensor holds, sample after sample. One thread's. */
final class TensorObserver {
  /** Numbers that are looked at together: few enough for the processor's first cache. */
  static final int CHUNK = 4096;

  private static final int INFINITY = 0x7f800000;

  final Histogram histogram = new Histogram();
  long count;
  long nans;
  long infinities;
  private int least;
  private int greatest;
  private int nonFinite;

  TensorObserver() {
    begin();
  }

  private void begin() {
    least = Integer.MAX_VALUE;
    greatest = Integer.MIN_VALUE;
    nonFinite = 0;
  }

  /** Integers in the order of the floats with these bits; its own inverse. */
  private static int ordered(int bits) {
    return bits ^ bits >> 31 & Integer.MAX_VALUE;
  }

  /**
   * @param bits of float32 numbers, from position to limit
   * @param chunk {@link #CHUNK} ints to work in
   */
  void add(IntBuffer bits, int[] chunk) {
    while (bits.hasRemaining()) {
      int n = Math.min(CHUNK, bits.remaining());
      bits.get(chunk, 0, n);
      int low = Integer.MAX_VALUE;
      int high = Integer.MIN_VALUE;
      for (int i = 0; i < n; i++) {
        int word = ordered(chunk[i]);
        low = Math.min(low, word);
        high = Math.max(high, word);
      }
      if (high >= INFINITY || low <= ordered(INFINITY | Integer.MIN_VALUE)) {
        n = keepFinite(chunk, n);
        low = Integer.MAX_VALUE;
        high = Integer.MIN_VALUE;
        for (int i = 0; i < n; i++) {
          low = Math.min(low, ordered(chunk[i]));
          high = Math.max(high, ordered(chunk[i]));
        }
      }
      least = Math.min(least, low);
      greatest = Math.max(greatest, high);
      count += n;
      histogram.add(chunk, n);
    }
  }

  private int keepFinite(int[] chunk, int n) {
    int kept = 0;
    for (int i = 0; i < n; i++) {
      int magnitude = chunk[i] & Integer.MAX_VALUE;
      if (magnitude < INFINITY) {
        chunk[kept++] = chunk[i];
      } else {
        nans += magnitude > INFINITY ? 1 : 0;
        infinities += magnitude == INFINITY ? 1 : 0;
        nonFinite++;
      }
    }
    return kept;
  }

  /** Ends a sample: puts its extremes at {@code i}. */
  void end(int i, float[] min, float[] max, int[] bad) {
    boolean seen = least <= greatest;
    // + 0 makes 0 of -0
    min[i] = seen ? Float.intBitsToFloat(ordered(least)) + 0f : Float.NaN;
    max[i] = seen ? Float.intBitsToFloat(ordered(greatest)) + 0f : Float.NaN;
    bad[i] = nonFinite;
    begin();
  }

  /** Adds all that the other counted. */
  void add(TensorObserver other) {
    histogram.add(other.histogram);
    count += other.count;
    nans += other.nans;
    infinities += other.infinities;
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.octet.ops;

/**
 * One axis of a phase of a transposed convolution, which is an ordinary one of stride 1: outputs
 * {@code first + stride * j} read the inputs {@code j - pad + u}, 0 <= u < taps, with the taps
 * {@link #tap} of the filter. Taps that the filter does not have stand for zeros.
 */
record TransposedAxis(int stride, int first, int remainder, int taps, int pad) {
  /** More would be more instructions than they are worth. */
  static final int MAX_PHASES = 64;

  /** Zeros put in front of a phase's filter where it starts inside x; few in real models. */
  private static final int MAX_ADDED_TAPS = 4;

  /** All phases of an axis, or null where they are many or take too many zeros. */
  static TransposedAxis[] phases(int k, int stride, int pad) {
    if (stride > MAX_PHASES) {
      return null;
    }
    TransposedAxis[] phases = new TransposedAxis[stride];
    for (int first = 0; first < stride; first++) {
      int remainder = (int) ((first + (long) pad) % stride);
      int start = (int) ((first + (long) pad) / stride);
      int needed = remainder < k ? (k - remainder - 1) / stride + 1 : 1;
      int taps = Math.max(needed, start + 1);
      if (taps > needed + MAX_ADDED_TAPS) {
        return null;
      }
      phases[first] = new TransposedAxis(stride, first, remainder, taps, taps - 1 - start);
    }
    return phases;
  }

  int tap(int u) {
    return remainder + stride * (taps - 1 - u);
  }

  /** What decides the contents of a phase's filter. */
  String key() {
    return " " + remainder + "x" + taps;
  }
}

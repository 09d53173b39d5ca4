// SPDX-License-Identifier: Apache-2.0
package dev.octet.reference;

/**
 * One spatial axis of a sliding window. Output o reads the inputs {@code o * stride - pad + t *
 * dilation} for 0 <= t < taps, except those outside [0, in). With {@code transposed} it is input i
 * that reaches the outputs {@code i * stride - pad + t * dilation}. Output o of the window is
 * output {@code first + o * step} of the value (native/src/program/phase.h).
 */
record Axis(
    int in,
    int out,
    int taps,
    int stride,
    int dilation,
    int pad,
    boolean transposed,
    int step,
    int first) {
  /** An axis of one position. */
  static final Axis ONE = of(1, 1, 1, 1, 1, 0);

  static Axis of(int in, int out, int taps, int stride, int dilation, int pad) {
    return new Axis(in, out, taps, stride, dilation, pad, false, 1, 0);
  }

  Axis transposed(boolean transposed) {
    return new Axis(in, out, taps, stride, dilation, pad, transposed, step, first);
  }

  /** Writes only the positions first, first + step, ... of the value. */
  Axis phase(int step, int first) {
    return new Axis(in, out, taps, stride, dilation, pad, transposed, step, first);
  }

  /** The input that tap t of output o reads; -1 for none. */
  int position(int o, int t) {
    int at = o * stride - pad + t * dilation;
    if (transposed) {
      int reached = o + pad - t * dilation;
      if (reached < 0 || reached % stride != 0) {
        return -1;
      }
      at = reached / stride;
    }
    return at >= 0 && at < in ? at : -1;
  }

  /** How many outputs are written. */
  int count() {
    return first >= out ? 0 : (out - first - 1) / step + 1;
  }
}

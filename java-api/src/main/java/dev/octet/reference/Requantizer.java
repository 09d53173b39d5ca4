// SPDX-License-Identifier: Apache-2.0
package dev.octet.reference;

import java.nio.DoubleBuffer;

/**
 * y = clamp(requantize(sum) + zero, min, max) for each channel: {@link Rounding} with the
 * parameters that a kernel was given. Arrays of one element serve all channels.
 */
final class Requantizer {
  /** round(double(sum) * factor), halves away from zero. */
  static final int DOUBLE = 7;

  private final int form;
  private final float[] scale;
  private final int[] multiplier;
  private final int[] shift;
  private final double[] factor;
  private final int zero;
  private final int min;
  private final int max;

  private Requantizer(
      int form,
      float[] scale,
      int[] multiplier,
      int[] shift,
      double[] factor,
      int zero,
      int min,
      int max) {
    this.form = form;
    this.scale = scale;
    this.multiplier = multiplier;
    this.shift = shift;
    this.factor = factor;
    this.zero = zero;
    this.min = min;
    this.max = max;
  }

  /** By the operands scale, multiplier and shift and the fields y_zero, y_min and y_max. */
  static Requantizer of(Call call, int form) {
    boolean real = form == Rounding.FLOAT;
    boolean fixed = form != Rounding.FLOAT && form != DOUBLE;
    return new Requantizer(
        form,
        real ? call.value("scale").floats() : null,
        fixed ? call.value("multiplier").ints() : null,
        fixed ? call.value("shift").ints() : null,
        form == DOUBLE ? call.value("scale").doubles() : null,
        call.i32("y_zero"),
        call.i32("y_min"),
        call.i32("y_max"));
  }

  /** By parts of 8-bit weights: scale, multiplier, shift from {@code part} on. */
  static Requantizer bytes(Weights weights, int part, int form, int zero, int min, int max) {
    boolean real = form == Rounding.FLOAT;
    return new Requantizer(
        form,
        real ? weights.floats(part) : null,
        real ? null : weights.ints(part + 1),
        real ? null : weights.ints(part + 2),
        null,
        zero,
        min,
        max);
  }

  /** By parts of 16-bit weights: multiplier (DOUBLE: factors of float64) and shift. */
  static Requantizer words(Weights weights, int part, int form, int min, int max) {
    double[] factor = null;
    if (form == DOUBLE) {
      DoubleBuffer factors = weights.buffer(part).asDoubleBuffer();
      factor = new double[factors.remaining()];
      factors.get(factor);
    }
    return new Requantizer(
        form,
        null,
        factor == null ? weights.ints(part) : null,
        factor == null ? weights.ints(part + 1) : null,
        factor,
        0,
        min,
        max);
  }

  /** The number that the sum, bias included, becomes. The forms of 32 bits wrap it. */
  int of(long sum, int channel) {
    if (form == Rounding.FLOAT) {
      return clamp(Rounding.scaled((int) sum, scale[scale.length == 1 ? 0 : channel]));
    }
    if (form == DOUBLE) {
      double v = Rounding.halfAway((double) sum * factor[factor.length == 1 ? 0 : channel]);
      return clamp((long) Math.max(-1e18, Math.min(1e18, v)));
    }
    int c = multiplier.length == 1 ? 0 : channel;
    if (form == Rounding.WIDE) {
      return clamp(Rounding.wide(sum, multiplier[c], shift[c]));
    }
    return clamp(Rounding.requantize(form, (int) sum, 0, multiplier[c], shift[c]));
  }

  private int clamp(long rounded) {
    return Rounding.clamp(rounded + zero, min, max);
  }
}

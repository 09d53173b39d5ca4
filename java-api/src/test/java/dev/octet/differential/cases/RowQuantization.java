// SPDX-License-Identifier: Apache-2.0
package dev.octet.differential.cases;

/**
 * The numbers that rows of floats become when they are quantized to int8 as TensorFlow Lite does.
 */
final class RowQuantization {
  private RowQuantization() {}

  /**
   * Replaces {@code k} elements, {@code step} apart from {@code first} on, by {@code scale * (q -
   * zero)}.
   */
  static void quantize(double[] x, int first, int step, int k, boolean asymmetric) {
    float least = 0;
    float greatest = 0;
    for (int i = 0; i < k; i++) {
      least = Math.min(least, (float) x[first + i * step]);
      greatest = Math.max(greatest, (float) x[first + i * step]);
    }
    if (least == greatest) {
      return;
    }
    float scale;
    float inverse;
    int zero = 0;
    if (asymmetric) {
      double step8 = ((double) greatest - least) / 255;
      double low = -128 - least / step8;
      double high = 127 - greatest / step8;
      boolean nearLow = 128 + Math.abs(least / step8) < 127 + Math.abs(greatest / step8);
      zero = (int) away(Math.max(-128, Math.min(127, nearLow ? low : high)));
      scale = (float) step8;
      inverse = 1 / scale;
    } else {
      float range = Math.max(-least, greatest);
      scale = range / 127;
      inverse = 127 / range;
    }
    for (int i = 0; i < k; i++) {
      float q = zero + (float) x[first + i * step] * inverse;
      double clamped = Math.max(asymmetric ? -128 : -127, Math.min(127, away(q)));
      x[first + i * step] = scale * (clamped - zero);
    }
  }

  private static double away(double v) {
    return Math.copySign(Math.floor(Math.abs(v) + 0.5), v);
  }
}

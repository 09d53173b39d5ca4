// SPDX-License-Identifier: Apache-2.0
package dev.octet.ops;

import dev.octet.Quantization;

/**
 * Real factors as the requantizing epilogues take them, one for each output channel: {@code factor
 * = multiplier * 2^(shift - 31)} with {@code 2^30 <= multiplier < 2^31}, as TensorFlow Lite's
 * QuantizeMultiplier computes it in double, and as the nearest float32.
 */
record Multipliers(int[] multiplier, int[] shift, float[] scale) {

  /**
   * {@code input * weights[c] / output} for {@code channels} channels; the float32 factors are
   * computed in float32, in this order, as XNNPACK does.
   *
   * @param floatProduct the first product is rounded to float32, as TensorFlow Lite does where it
   *     has one multiplier for all channels
   */
  static Multipliers of(
      float input, Quantization weights, float output, int channels, boolean floatProduct) {
    double[] factors = new double[channels];
    for (int c = 0; c < channels; c++) {
      double product = floatProduct ? input * weights.scale(c) : (double) input * weights.scale(c);
      factors[c] = product / output;
    }
    Multipliers result = of(factors);
    for (int c = 0; c < channels; c++) {
      result.scale[c] = input * weights.scale(c) / output;
    }
    return result;
  }

  static Multipliers of(double... factors) {
    int[] multiplier = new int[factors.length];
    int[] shift = new int[factors.length];
    float[] scale = new float[factors.length];
    for (int c = 0; c < factors.length; c++) {
      scale[c] = (float) factors[c];
      int exponent = factors[c] == 0 ? 0 : Math.getExponent(factors[c]) + 1;
      long fixed = (long) Math.floor(Math.scalb(factors[c], 31 - exponent) + 0.5);
      if (fixed == 1L << 31) {
        fixed /= 2;
        exponent++;
      }
      if (fixed == 0 || exponent < -31) {
        // rounds every int32 to zero
        multiplier[c] = 1 << 30;
        shift[c] = -31;
      } else if (exponent > 30) {
        multiplier[c] = Integer.MAX_VALUE;
        shift[c] = 30;
      } else {
        multiplier[c] = (int) fixed;
        shift[c] = exponent;
      }
    }
    return new Multipliers(multiplier, shift, scale);
  }
}

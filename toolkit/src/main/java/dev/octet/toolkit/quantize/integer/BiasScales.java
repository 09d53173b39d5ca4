// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.quantize.integer;

/**
 * The scales of weights and bias, which belong together: {@code bias = input * weights} for each
 * channel, in float32.
 *
 * <p>Where a bias would then need more than half of int32's range (the products it is added to need
 * the rest), its scale is {@code |b| / (2^30 - 1)} and the weights' is that divided by the input's.
 * TensorFlow's older quantizer, which it still uses with int16 activations, raises the weights'
 * scale to {@code 2 |b| / (2^31 - 1) / input} instead, also where the bias has 64 bits.
 *
 * @param weights one, or one a channel
 * @param bias as many
 */
record BiasScales(float[] weights, float[] bias) {
  private static final int GREATEST = Integer.MAX_VALUE / 2;

  /**
   * @param older true for the older quantizer's rule
   */
  static BiasScales of(boolean older, float input, float[] weightScales, float[] bias) {
    float[] weights = weightScales.clone();
    float[] scales = new float[weights.length];
    for (int c = 0; c < scales.length; c++) {
      scales[c] = input * weights[c];
    }
    for (int i = 0; i < bias.length; i++) {
      int c = weights.length == 1 ? 0 : i;
      double magnitude = Math.abs(bias[i]);
      if (older) {
        if (magnitude >= 0.5 * input * weights[c] * Integer.MAX_VALUE) {
          float bound = (float) (2 * magnitude / Integer.MAX_VALUE * (127 / input));
          weights[c] = bound / 127;
          scales[c] = input * weights[c];
        }
      } else if (magnitude / scales[c] > GREATEST) {
        double raised = magnitude / GREATEST;
        scales[c] = (float) raised;
        weights[c] = (float) (raised / input);
      }
    }
    return new BiasScales(weights, scales);
  }
}

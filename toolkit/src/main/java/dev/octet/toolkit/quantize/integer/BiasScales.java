// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.quantize.integer;

import dev.octet.toolkit.quantize.Compute;

/**
 * The scales of weights and bias, which belong together: {@code bias = input * weights} for each
 * channel, in float32.
 *
 * <p>Where a bias would then need more than half of int32's range (the products it is added to need
 * the rest), its scale is {@code |b| / (2^30 - 1)} and the weights' is that divided by the input's.
 * The same holds with int16 activations, whose bias may have 64 bits; there the weights' scale is
 * raised to {@code 2 |b| / (2^31 - 1) / input}. Both as TensorFlow's two quantizers have it.
 *
 * @param weights one, or one a channel
 * @param bias as many
 */
record BiasScales(float[] weights, float[] bias) {
  private static final int GREATEST = Integer.MAX_VALUE / 2;

  static BiasScales of(Compute compute, float input, float[] weightScales, float[] bias) {
    float[] weights = weightScales.clone();
    float[] scales = new float[weights.length];
    for (int c = 0; c < scales.length; c++) {
      scales[c] = input * weights[c];
    }
    for (int i = 0; i < bias.length; i++) {
      int c = weights.length == 1 ? 0 : i;
      double magnitude = Math.abs(bias[i]);
      if (compute == Compute.INT8 && magnitude / scales[c] > GREATEST) {
        double raised = magnitude / GREATEST;
        scales[c] = (float) raised;
        weights[c] = (float) (raised / input);
      } else if (compute == Compute.INT16X8
          && magnitude >= 0.5 * input * weights[c] * Integer.MAX_VALUE) {
        float bound = (float) (2 * magnitude / Integer.MAX_VALUE * (127 / input));
        weights[c] = bound / 127;
        scales[c] = input * weights[c];
      }
    }
    return new BiasScales(weights, scales);
  }
}

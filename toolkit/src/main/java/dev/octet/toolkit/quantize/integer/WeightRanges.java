// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.quantize.integer;

import dev.octet.tflite.TfliteQuantization;

/**
 * Least and greatest weight of each channel.
 *
 * @param min one a channel
 * @param max one a channel
 */
record WeightRanges(float[] min, float[] max) {
  static WeightRanges of(float[] weights, int[] shape, int axis) {
    int channels = axis < 0 ? 1 : shape[axis];
    int inner = 1;
    for (int d = axis + 1; d < shape.length; d++) {
      inner *= shape[d];
    }
    float[] min = new float[channels];
    float[] max = new float[channels];
    java.util.Arrays.fill(min, Float.POSITIVE_INFINITY);
    java.util.Arrays.fill(max, Float.NEGATIVE_INFINITY);
    for (int i = 0; i < weights.length; i++) {
      int c = i / inner % channels;
      min[c] = Math.min(min[c], weights[i]);
      max[c] = Math.max(max[c], weights[i]);
    }
    return new WeightRanges(min, max);
  }

  TfliteQuantization into(TfliteQuantization parameters) {
    return new TfliteQuantization(
        min, max, parameters.scales(), parameters.zeroPoints(), parameters.dimension(), null);
  }
}

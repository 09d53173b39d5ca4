// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.debug;

import dev.octet.Quantization;
import dev.octet.toolkit.model.EditableTensor;
import dev.octet.toolkit.model.RealNumbers;

/** Takes what the means of a linear layer's channels are too great by off its integer bias. */
final class BiasMend {
  private BiasMend() {}

  static boolean apply(Layer layer, double[] shifts) {
    EditableTensor bias =
        layer.input() || !WeightErrors.linear(layer.quantized())
            ? null
            : Bias.of(layer.quantized());
    if (bias == null || bias.elements() != shifts.length) {
      return false;
    }
    Quantization quantization = bias.quantization().affine();
    float[] reals = RealNumbers.of(bias);
    double[] values = new double[shifts.length];
    for (int c = 0; c < values.length; c++) {
      values[c] = (reals[c] - shifts[c]) / quantization.scale(c);
    }
    Bias.replace(layer.quantized(), values, quantization.scales());
    return true;
  }
}

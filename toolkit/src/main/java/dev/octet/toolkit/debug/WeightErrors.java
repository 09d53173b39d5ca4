// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.debug;

import dev.octet.TensorType;
import dev.octet.tflite.BuiltinOperator;
import dev.octet.toolkit.model.EditableOperator;
import dev.octet.toolkit.model.EditableTensor;
import dev.octet.toolkit.model.RealNumbers;
import java.nio.ByteBuffer;

/** Compares a layer's weights and bias in both models. */
final class WeightErrors {
  private WeightErrors() {}

  /** Null for a layer without weights, or with weights that are the same. */
  static WeightError of(Layer layer, LayerMatching matching) {
    if (layer.input() || !linear(layer.real())) {
      return null;
    }
    EditableTensor real = matching.plain(layer.real().input(1));
    EditableTensor stored = stored(layer.quantized().input(1), matching);
    if (!RealNumbers.has(real) || !RealNumbers.has(stored) || stored.type() == real.type()) {
      return null;
    }
    float[] wanted = RealNumbers.of(real);
    float[] found = RealNumbers.of(stored);
    boolean depthwise = layer.real().is(BuiltinOperator.DEPTHWISE_CONV_2D);
    int channels = depthwise ? real.dim(real.rank() - 1) : real.dim(0);
    if (found.length != wanted.length || channels == 0) {
      return null;
    }
    double[] signal = new double[channels];
    double[] noise = new double[channels];
    double[] range = new double[channels];
    for (int i = 0; i < wanted.length; i++) {
      int c = depthwise ? i % channels : i / (wanted.length / channels);
      double difference = found[i] - wanted[i];
      signal[c] += (double) wanted[i] * wanted[i];
      noise[c] += difference * difference;
      range[c] = Math.max(range[c], Math.abs(wanted[i]));
    }
    int worst = 0;
    double allSignal = 0;
    double allNoise = 0;
    for (int c = 0; c < channels; c++) {
      allSignal += signal[c];
      allNoise += noise[c];
      worst = decibels(signal[c], noise[c]) < decibels(signal[worst], noise[worst]) ? c : worst;
    }
    int scales = stored.quantization() == null ? 0 : stored.quantization().scales().length;
    return new WeightError(
        stored.type().name(),
        scales,
        decibels(allSignal, allNoise),
        decibels(signal[worst], noise[worst]),
        worst,
        range,
        biasUse(layer.quantized()));
  }

  static boolean linear(EditableOperator operator) {
    return operator.is(
        BuiltinOperator.CONV_2D,
        BuiltinOperator.DEPTHWISE_CONV_2D,
        BuiltinOperator.FULLY_CONNECTED,
        BuiltinOperator.TRANSPOSE_CONV);
  }

  private static EditableTensor stored(EditableTensor tensor, LayerMatching matching) {
    EditableOperator expansion = tensor == null ? null : matching.expansion(tensor);
    return expansion == null ? tensor : expansion.input(0);
  }

  /** A channel without weights has no noise. */
  private static double decibels(double signal, double noise) {
    return noise == 0 ? Double.POSITIVE_INFINITY : 10 * Math.log10(signal / noise);
  }

  private static double biasUse(EditableOperator operator) {
    EditableTensor bias = operator.input(Bias.place(operator));
    if (bias == null || !bias.constant() || bias.type() != TensorType.INT32) {
      return 0;
    }
    ByteBuffer data = bias.data();
    double greatest = 0;
    while (data.hasRemaining()) {
      greatest = Math.max(greatest, Math.abs((double) data.getInt()));
    }
    return greatest / Integer.MAX_VALUE;
  }
}

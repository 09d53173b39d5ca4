// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.quantize;

import dev.octet.InterpreterOptions;
import dev.octet.Tensor;
import dev.octet.TensorType;
import dev.octet.tflite.BuiltinOperator;
import dev.octet.tflite.TfliteQuantization;
import dev.octet.toolkit.data.Sample;
import dev.octet.toolkit.data.Samples;
import dev.octet.toolkit.model.EditableModel;
import dev.octet.toolkit.model.EditableOperator;
import dev.octet.toolkit.model.EditableTensor;
import dev.octet.toolkit.model.TappedModel;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * Empirical bias correction (Nagel et al., Data-Free Quantization Through Weight Equalization and
 * Bias Correction, ICCV 2019, section 4.2 and appendix D): rounding weights and activations shifts
 * the mean of a layer's outputs, and the biases take the shift back.
 *
 * <p>Layer by layer in order of execution, for each output channel c: bias(c) += mean of the float
 * model's sums - mean of the quantized model's sums, before the activation, over the samples and
 * all positions. As the layers are linear, the mean of the sums is the sums of the mean input, so
 * only the means of inputs are measured; layers before are corrected already when the input of one
 * is measured.
 */
public final class BiasCorrection {
  /**
   * What was done to one layer.
   *
   * @param layer name of its output
   * @param greatestShift the greatest shift of a channel's mean that was taken back, in steps of
   *     the layer's output
   */
  public record Result(String layer, double greatestShift) {}

  private record Layer(EditableOperator real, EditableOperator quantized) {}

  /** Of a tensor's elements, in the shape that runs give it. */
  private record Mean(double[] values, int[] shape) {
    double[] through(EditableOperator operator) {
      return new FloatTwin(operator, data(operator), shape).channelMeans(values);
    }
  }

  private BiasCorrection() {}

  /**
   * Corrects the integer biases of {@code quantized} in place.
   *
   * @param real the float model that it was made of
   * @param quantized made of it by changing a copy, so that operators know their index in the float
   *     model's file
   * @param samples of one shape, at least one; each is run once a layer
   */
  public static List<Result> apply(
      EditableModel real, EditableModel quantized, List<Sample> samples) throws IOException {
    if (samples.isEmpty()) {
      throw new IllegalArgumentException(
          quantized.source() + ": there are no samples to correct biases with");
    }
    List<Layer> layers = layers(real, quantized);
    List<EditableTensor> inputs =
        layers.stream().map(layer -> data(layer.real())).distinct().toList();
    Map<EditableTensor, Mean> realMeans = means(real, inputs, samples);
    List<Result> results = new ArrayList<>();
    for (Layer layer : layers) {
      EditableTensor input = data(layer.quantized());
      double[] wanted = realMeans.get(data(layer.real())).through(layer.real());
      double[] found =
          means(quantized, List.of(input), samples).get(input).through(layer.quantized());
      results.add(correct(layer.quantized(), wanted, found));
    }
    return results;
  }

  private static List<Layer> layers(EditableModel real, EditableModel quantized) {
    List<EditableOperator> sources = real.graphs().get(0).operators();
    List<Layer> layers = new ArrayList<>();
    for (EditableOperator operator : quantized.graphs().get(0).operators()) {
      if (operator.sourceIndex() < 0 || !linear(operator)) {
        continue;
      }
      EditableOperator source = sources.get(operator.sourceIndex());
      boolean alone =
          operator.inputs().stream()
              .allMatch(t -> t == null || t.constant() || t == data(operator));
      TensorType activations = operator.output(0).type();
      boolean integer = activations == TensorType.INT8 || activations == TensorType.INT16;
      boolean measured = !data(operator).constant() && ChannelWeights.of(source) != null;
      if (integer && measured && alone) {
        layers.add(new Layer(source, operator));
      }
    }
    return layers;
  }

  private static boolean linear(EditableOperator operator) {
    return operator.is(
        BuiltinOperator.CONV_2D,
        BuiltinOperator.DEPTHWISE_CONV_2D,
        BuiltinOperator.FULLY_CONNECTED,
        BuiltinOperator.TRANSPOSE_CONV);
  }

  private static EditableTensor data(EditableOperator operator) {
    return operator.input(operator.is(BuiltinOperator.TRANSPOSE_CONV) ? 2 : 0);
  }

  private static Map<EditableTensor, Mean> means(
      EditableModel model, List<EditableTensor> tensors, List<Sample> samples) throws IOException {
    Map<EditableTensor, Mean> sums = new IdentityHashMap<>();
    try (TappedModel tapped = new TappedModel(model, new InterpreterOptions(), tensors)) {
      for (Sample sample : samples) {
        Samples.fill(tapped.interpreter(), sample);
        tapped.interpreter().resetVariables();
        tapped.interpreter().run();
        for (EditableTensor tensor : tensors) {
          Tensor seen = tapped.tensor(tensor);
          float[] values = seen.type() == TensorType.FLOAT32 ? seen.toFloats() : seen.dequantize();
          Mean mean =
              sums.computeIfAbsent(tensor, t -> new Mean(new double[values.length], seen.shape()));
          double[] sum = mean.values();
          if (!Arrays.equals(mean.shape(), seen.shape())) {
            throw new IllegalArgumentException(
                sample.name() + " has another shape than the samples before it");
          }
          for (int i = 0; i < sum.length; i++) {
            sum[i] += values[i];
          }
        }
      }
    }
    for (Mean mean : sums.values()) {
      for (int i = 0; i < mean.values().length; i++) {
        mean.values()[i] /= samples.size();
      }
    }
    return sums;
  }

  private static Result correct(EditableOperator operator, double[] wanted, double[] found) {
    EditableTensor bias = bias(operator, wanted.length);
    float[] scales = bias.quantization().scales();
    boolean wide = bias.type() == TensorType.INT64;
    ByteBuffer before = bias.data();
    ByteBuffer after = ByteBuffer.allocate(before.remaining()).order(ByteOrder.LITTLE_ENDIAN);
    double greatest = 0;
    for (int c = 0; c < wanted.length; c++) {
      // NaN where a sample was: nothing is known of the shift then
      double shift = Double.isFinite(wanted[c] - found[c]) ? wanted[c] - found[c] : 0;
      double steps = Math.rint(shift / scales[scales.length == 1 ? 0 : c]);
      greatest = Math.max(greatest, Math.abs(shift));
      if (wide) {
        after.putLong(before.getLong(8 * c) + (long) steps);
      } else {
        double sum = before.getInt(4 * c) + steps;
        after.putInt((int) Math.max(-Integer.MAX_VALUE, Math.min(Integer.MAX_VALUE, sum)));
      }
    }
    bias.data(after.flip());
    return new Result(
        operator.output(0).name(), greatest / operator.output(0).quantization().scales()[0]);
  }

  /** The operator's own bias, made where it has none. */
  private static EditableTensor bias(EditableOperator operator, int co) {
    int index = operator.is(BuiltinOperator.TRANSPOSE_CONV) ? 3 : 2;
    EditableTensor bias = operator.input(index);
    if (bias != null) {
      EditableTensor own = bias.copy(bias.name());
      operator.inputs().set(index, own);
      return own;
    }
    boolean wide =
        operator.output(0).type() == TensorType.INT16
            && (operator.is(BuiltinOperator.DEPTHWISE_CONV_2D)
                || operator.options().enumeration("quantized_bias_type", TensorType.class)
                    != TensorType.INT32);
    float input = data(operator).quantization().scales()[0];
    float[] scales = operator.input(1).quantization().scales();
    for (int c = 0; c < scales.length; c++) {
      scales[c] *= input;
    }
    EditableTensor made =
        new EditableTensor(
                operator.output(0).name() + "/bias", wide ? TensorType.INT64 : TensorType.INT32, co)
            .data(ByteBuffer.allocate(co * (wide ? 8 : 4)))
            .quantization(
                new TfliteQuantization(
                    new float[0], new float[0], scales, new int[scales.length], 0, null));
    while (operator.inputs().size() <= index) {
      operator.inputs().add(null);
    }
    operator.inputs().set(index, made);
    return made;
  }
}

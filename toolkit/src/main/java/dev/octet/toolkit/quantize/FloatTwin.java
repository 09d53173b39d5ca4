// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.quantize;

import dev.octet.Interpreter;
import dev.octet.Model;
import dev.octet.TensorType;
import dev.octet.tflite.Activation;
import dev.octet.tflite.TfliteQuantization;
import dev.octet.toolkit.model.EditableOperator;
import dev.octet.toolkit.model.EditableTensor;
import dev.octet.toolkit.model.OperatorModel;
import dev.octet.toolkit.model.RealNumbers;

/**
 * A linear operator on real numbers, without its activation: of a quantized one the operator with
 * the numbers that its integers stand for.
 */
final class FloatTwin {
  private final byte[] model;

  /**
   * @param data the operator's input that is not constant
   * @param inputShape its shape in a run, which the file may give otherwise
   */
  FloatTwin(EditableOperator operator, EditableTensor data, int[] inputShape) {
    EditableOperator twin =
        operator.copy(
            tensor -> tensor == data ? real(tensor).shape(inputShape, inputShape) : real(tensor));
    twin.version(1);
    twin.options(
        twin.options().toBuilder().set("fused_activation_function", Activation.NONE).build());
    model = OperatorModel.of(twin).toBytes();
  }

  private static EditableTensor real(EditableTensor tensor) {
    EditableTensor copy = tensor.copy(tensor.name());
    TfliteQuantization quantization = tensor.quantization();
    boolean real = tensor.type() == TensorType.FLOAT32;
    if (real || quantization == null || quantization.scales().length == 0) {
      return copy;
    }
    copy.quantization(null).type(TensorType.FLOAT32);
    return tensor.constant() ? copy.floats(RealNumbers.of(tensor)) : copy;
  }

  /**
   * The mean of each output channel over all positions for the mean of many inputs: the operator is
   * linear, so this is the mean over the inputs too.
   */
  double[] channelMeans(double[] meanInput) {
    try (Model loaded = Model.load(model);
        Interpreter interpreter = loaded.interpreter()) {
      float[] input = new float[meanInput.length];
      for (int i = 0; i < input.length; i++) {
        input[i] = (float) meanInput[i];
      }
      interpreter.input(0).set(input);
      interpreter.run();
      int[] shape = interpreter.output(0).shape();
      double[] means = new double[shape[shape.length - 1]];
      float[] output = interpreter.output(0).toFloats();
      for (int i = 0; i < output.length; i++) {
        means[i % means.length] += output[i];
      }
      for (int c = 0; c < means.length; c++) {
        means[c] *= (double) means.length / output.length;
      }
      return means;
    }
  }
}

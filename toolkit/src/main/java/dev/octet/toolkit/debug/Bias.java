// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.debug;

import dev.octet.TensorType;
import dev.octet.tflite.BuiltinOperator;
import dev.octet.tflite.TfliteQuantization;
import dev.octet.toolkit.model.EditableOperator;
import dev.octet.toolkit.model.EditableTensor;
import dev.octet.toolkit.model.RealNumbers;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The integer bias of a linear operator: {@code scale[c] = scale of input * scale of weights[c]}.
 */
final class Bias {
  private Bias() {}

  /** The input that the weights multiply. */
  static EditableTensor data(EditableOperator operator) {
    return operator.input(operator.is(BuiltinOperator.TRANSPOSE_CONV) ? 2 : 0);
  }

  static int place(EditableOperator operator) {
    return operator.is(BuiltinOperator.TRANSPOSE_CONV) ? 3 : 2;
  }

  /** Null where the operator has none that is an integer constant. */
  static EditableTensor of(EditableOperator operator) {
    EditableTensor bias = operator.input(place(operator));
    boolean integer =
        bias != null
            && bias.constant()
            && (bias.type() == TensorType.INT32 || bias.type() == TensorType.INT64)
            && bias.quantization() != null
            && bias.quantization().affine() != null;
    return integer ? bias : null;
  }

  /** Quantizes the bias anew for the scales that the operator's input and weights have now. */
  static void rescale(LayerMatching matching, EditableOperator operator) {
    EditableTensor bias = of(operator);
    if (bias == null) {
      return;
    }
    float[] reals = RealNumbers.of(bias);
    for (Layer layer : matching.layers()) {
      EditableTensor source =
          layer.quantized() == operator ? layer.real().input(place(operator)) : null;
      if (RealNumbers.has(source)) {
        reals = RealNumbers.of(source);
      }
    }
    float[] weights = operator.input(1).quantization().scales();
    float input = data(operator).quantization().scales()[0];
    float[] scales = new float[weights.length];
    for (int c = 0; c < scales.length; c++) {
      scales[c] = input * weights[c];
    }
    double[] values = new double[reals.length];
    for (int c = 0; c < values.length; c++) {
      values[c] = reals[c] / (double) scales[scales.length == 1 ? 0 : c];
    }
    replace(operator, values, scales);
  }

  /** Gives the operator a bias of its own of these integers, rounded and limited to its type. */
  static void replace(EditableOperator operator, double[] values, float[] scales) {
    EditableTensor bias = of(operator);
    boolean wide = bias.type() == TensorType.INT64;
    ByteBuffer data =
        ByteBuffer.allocate(values.length * (wide ? 8 : 4)).order(ByteOrder.LITTLE_ENDIAN);
    for (double value : values) {
      double rounded = Math.rint(value);
      if (wide) {
        data.putLong((long) rounded);
      } else {
        // (int) limits to the type
        data.putInt((int) rounded);
      }
    }
    EditableTensor own =
        bias.copy(bias.name())
            .data(data.flip())
            .quantization(
                new TfliteQuantization(
                    new float[0], new float[0], scales, new int[scales.length], 0, null));
    operator.inputs().set(place(operator), own);
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.debug;

import dev.octet.TensorType;
import dev.octet.tflite.BuiltinOperator;
import dev.octet.tflite.TfliteQuantization;
import dev.octet.toolkit.model.EditableOperator;
import dev.octet.toolkit.model.EditableTensor;
import dev.octet.toolkit.model.RealNumbers;
import dev.octet.toolkit.quantize.WeightQuantization;
import dev.octet.toolkit.quantize.WeightQuantization.NearZero;
import java.nio.ByteBuffer;

/** Gives the weights of a layer, which have one scale, a scale for each output channel. */
final class ChannelMend {
  private ChannelMend() {}

  static boolean apply(LayerMatching matching, Layer layer) {
    if (layer.input() || !WeightErrors.linear(layer.quantized())) {
      return false;
    }
    EditableOperator operator = layer.quantized();
    EditableTensor stored = operator.input(1);
    EditableTensor real = matching.plain(layer.real().input(1));
    boolean integers = Grid.of(Bias.data(operator)) != null && RealNumbers.has(real);
    if (!integers
        || stored.type() != TensorType.INT8
        || !stored.constant()
        || stored.quantization().scales().length != 1) {
      return false;
    }
    int axis = operator.is(BuiltinOperator.DEPTHWISE_CONV_2D) ? real.rank() - 1 : 0;
    WeightQuantization weights =
        WeightQuantization.of(RealNumbers.of(real), real.shape(), axis, 8, NearZero.WIDENED);
    EditableTensor own =
        stored
            .copy(stored.name())
            .data(ByteBuffer.wrap(weights.values()))
            .quantization(
                new TfliteQuantization(
                    new float[0],
                    new float[0],
                    weights.scales(),
                    new int[weights.scales().length],
                    axis,
                    null));
    operator.inputs().set(1, own);
    Bias.rescale(matching, operator);
    return true;
  }
}

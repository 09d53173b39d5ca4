// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.quantize;

import dev.octet.TensorType;
import dev.octet.tflite.BuiltinOperator;
import dev.octet.toolkit.model.EditableOperator;
import dev.octet.toolkit.model.EditableTensor;

/**
 * The weights of a linear operator as numbers that belong to an input and an output channel:
 * CONV_2D and TRANSPOSE_CONV {@code [co, kh, kw, ci]}, DEPTHWISE_CONV_2D {@code [1, kh, kw, co]},
 * FULLY_CONNECTED {@code [co, ci]}. Channel is the last axis of the operator's input and output.
 */
final class ChannelWeights {
  private final EditableOperator operator;
  private final int co;
  private final int inputs;
  private final int outputsPerGroup;
  private final boolean depthwise;
  private final int elementsPerOutput;

  private ChannelWeights(EditableOperator operator) {
    this.operator = operator;
    EditableTensor w = weights();
    this.depthwise = operator.is(BuiltinOperator.DEPTHWISE_CONV_2D);
    this.co = depthwise ? w.dim(3) : w.dim(0);
    this.inputs = depthwise ? 1 : w.dim(w.rank() - 1);
    this.elementsPerOutput = w.elements() / co;
    EditableTensor x = data();
    int ci = depthwise || operator.is(BuiltinOperator.CONV_2D) ? x.dim(x.rank() - 1) : inputs;
    this.outputsPerGroup = co / Math.max(1, ci / Math.max(1, inputs));
  }

  /**
   * The weights of {@code operator}; null when it is not linear or its weights or bias are no dense
   * float constants.
   */
  static ChannelWeights of(EditableOperator operator) {
    boolean linear =
        operator.is(
            BuiltinOperator.CONV_2D,
            BuiltinOperator.DEPTHWISE_CONV_2D,
            BuiltinOperator.FULLY_CONNECTED,
            BuiltinOperator.TRANSPOSE_CONV);
    if (!linear || !isFloat(operator.input(1)) || operator.input(1).elements() == 0) {
      return null;
    }
    EditableTensor data = operator.input(operator.is(BuiltinOperator.TRANSPOSE_CONV) ? 2 : 0);
    int rank = operator.is(BuiltinOperator.FULLY_CONNECTED) ? 2 : 4;
    if (operator.input(1).rank() != rank || data == null || data.rank() == 0) {
      return null;
    }
    boolean bias = biasIndex(operator) < operator.inputs().size();
    EditableTensor b = bias ? operator.inputs().get(biasIndex(operator)) : null;
    return b == null || isFloat(b) ? new ChannelWeights(operator) : null;
  }

  private static boolean isFloat(EditableTensor tensor) {
    return tensor != null
        && tensor.constant()
        && !tensor.sparse()
        && tensor.type() == TensorType.FLOAT32;
  }

  private static int biasIndex(EditableOperator operator) {
    return operator.is(BuiltinOperator.TRANSPOSE_CONV) ? 3 : 2;
  }

  EditableOperator operator() {
    return operator;
  }

  EditableTensor weights() {
    return operator.input(1);
  }

  /** Null when the operator has none. */
  EditableTensor bias() {
    return operator.input(biasIndex(operator));
  }

  /** The input that the weights multiply. */
  EditableTensor data() {
    return operator.input(operator.is(BuiltinOperator.TRANSPOSE_CONV) ? 2 : 0);
  }

  int outputChannels() {
    return co;
  }

  /** Input channels that one output channel reads. */
  int inputChannels() {
    return inputs;
  }

  /** Output channel of weight {@code i}. */
  int output(int i) {
    return depthwise ? i % co : i / elementsPerOutput;
  }

  /** Input channel of weight {@code i}, of all channels of the input. */
  int input(int i) {
    int group = output(i) / outputsPerGroup;
    return depthwise ? group : group * inputs + i % inputs;
  }
}

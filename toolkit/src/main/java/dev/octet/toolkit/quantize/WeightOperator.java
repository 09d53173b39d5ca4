// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.quantize;

import dev.octet.tflite.BuiltinOperator;
import java.util.EnumMap;
import java.util.Map;

/**
 * Which inputs of an operator are weights, and what its kernel can do with integers there while the
 * activations are float32. From TensorFlow's {@code DynamicRangeQuantizedOpInterface} (tfl_ops.td)
 * and op_version.cc; RNN and BIDIRECTIONAL_SEQUENCE_RNN, which these leave out, from their kernels.
 *
 * @param weights indices of the inputs
 * @param axis the dimension of the output channels, or {@link WeightQuantization#PER_TENSOR}
 * @param hybrid false where no kernel takes integer weights with float activations
 * @param asymmetric sets {@code asymmetric_quantize_inputs}
 * @param together all weights must have one type
 * @param version of the operator with integer weights
 * @param perChannelVersion the same with a scale for each channel
 */
record WeightOperator(
    int[] weights,
    int axis,
    boolean hybrid,
    boolean asymmetric,
    boolean together,
    int version,
    int perChannelVersion) {
  private static final int NONE = WeightQuantization.PER_TENSOR;
  private static final int[] LSTM = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 16};
  private static final int[] TWO_LSTMS = {
    1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 16, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 33, 40, 41,
    42, 43, 44, 45, 46, 47
  };
  private static final Map<BuiltinOperator, WeightOperator> TABLE =
      new EnumMap<>(BuiltinOperator.class);

  static {
    product(BuiltinOperator.CONV_2D, 0, false, 2, 5);
    product(BuiltinOperator.DEPTHWISE_CONV_2D, 3, false, 4, 6);
    product(BuiltinOperator.FULLY_CONNECTED, 0, true, 9, 12);
    product(BuiltinOperator.BATCH_MATMUL, NONE, true, 4, 4);
    expanded(BuiltinOperator.TRANSPOSE_CONV, 1, 0);
    expanded(BuiltinOperator.EMBEDDING_LOOKUP, 1, 0);
    expanded(BuiltinOperator.GATHER, 0, NONE);
    recurrent(BuiltinOperator.LSTM, 4, LSTM);
    recurrent(BuiltinOperator.UNIDIRECTIONAL_SEQUENCE_LSTM, 3, LSTM);
    recurrent(BuiltinOperator.BIDIRECTIONAL_SEQUENCE_LSTM, 3, TWO_LSTMS);
    recurrent(BuiltinOperator.RNN, 3, 1, 2);
    recurrent(BuiltinOperator.UNIDIRECTIONAL_SEQUENCE_RNN, 3, 1, 2);
    recurrent(BuiltinOperator.BIDIRECTIONAL_SEQUENCE_RNN, 3, 1, 2, 5, 6, 10, 11);
    recurrent(BuiltinOperator.SVDF, 4, 1, 2);
  }

  private static void product(
      BuiltinOperator operator, int axis, boolean asymmetric, int version, int perChannel) {
    TABLE.put(
        operator,
        new WeightOperator(new int[] {1}, axis, true, asymmetric, false, version, perChannel));
  }

  private static void expanded(BuiltinOperator operator, int weights, int axis) {
    TABLE.put(operator, new WeightOperator(new int[] {weights}, axis, false, false, false, 1, 1));
  }

  private static void recurrent(BuiltinOperator operator, int version, int... weights) {
    TABLE.put(operator, new WeightOperator(weights, NONE, true, true, true, version, version));
  }

  /** The entry of an operator, or null for one without weights. */
  static WeightOperator of(BuiltinOperator operator) {
    return TABLE.get(operator);
  }
}

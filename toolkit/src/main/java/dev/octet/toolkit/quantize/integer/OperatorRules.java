// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.quantize.integer;

import static dev.octet.tflite.BuiltinOperator.*;
import static dev.octet.toolkit.quantize.integer.OutputScale.AS_INPUTS;
import static dev.octet.toolkit.quantize.integer.OutputScale.FIXED;
import static dev.octet.toolkit.quantize.integer.OutputScale.FREE;
import static dev.octet.toolkit.quantize.integer.OutputScale.FREE_IN_INT8;
import static dev.octet.toolkit.quantize.integer.OutputScale.NONE;

import dev.octet.tflite.BuiltinOperator;
import java.util.EnumMap;
import java.util.Map;

/**
 * The operators that are quantized. The numbers are the least versions of the operator with int8
 * and with int16 activations, 0 where TensorFlow Lite's kernel or TensorFlow's quantizer has none.
 */
final class OperatorRules {
  private static final Map<BuiltinOperator, OperatorRule> RULES =
      new EnumMap<>(BuiltinOperator.class);

  private OperatorRules() {}

  /** The rule, or null for an operator that stays as it is. */
  static OperatorRule of(BuiltinOperator operator) {
    return RULES.get(operator);
  }

  static Iterable<OperatorRule> all() {
    return RULES.values();
  }

  private static OperatorRule rule(
      BuiltinOperator operator, OutputScale scale, int int8Version, int int16Version) {
    return OperatorRule.of(operator, scale, int8Version, int16Version);
  }

  private static void put(OperatorRule rule) {
    RULES.put(rule.operator(), rule);
  }

  static {
    // weights
    put(rule(CONV_2D, FREE, 3, 3).weights(1, 0, 2));
    put(rule(DEPTHWISE_CONV_2D, FREE, 3, 3).weights(1, 3, 2));
    put(rule(FULLY_CONNECTED, FREE, 4, 4).weights(1, 0, 2));
    put(rule(TRANSPOSE_CONV, FREE, 2, 3).on(2).weights(1, 0, 3));
    put(rule(PRELU, FREE, 1, 0).on(0).weights(1, -1, -1));
    put(rule(EMBEDDING_LOOKUP, AS_INPUTS, 1, 0).on(1));

    // arithmetic
    put(rule(ABS, FREE, 2, 2));
    put(rule(ADD, FREE, 2, 2).on(0, 1));
    put(rule(BATCH_MATMUL, FREE, 2, 2).on(0, 1));
    put(rule(ELU, FREE, 1, 0));
    put(rule(EXP, FREE, 2, 2));
    put(rule(GELU, FREE, 2, 2));
    put(rule(HARD_SWISH, FREE, 1, 0));
    put(rule(LEAKY_RELU, FREE, 1, 2));
    put(rule(LOG, FREE, 2, 2));
    put(rule(MEAN, FREE, 2, 2));
    put(rule(MUL, FREE, 2, 2).on(0, 1));
    put(rule(NEG, AS_INPUTS, 0, 1));
    put(rule(REDUCE_PROD, FREE, 2, 2));
    put(rule(RELU, FREE, 2, 2));
    put(rule(RELU6, FREE, 2, 2));
    put(rule(RELU_0_TO_1, FREE, 1, 0));
    put(rule(RELU_N1_TO_1, FREE, 1, 0));
    put(rule(RSQRT, FREE, 2, 2));
    put(rule(SQUARED_DIFFERENCE, FREE, 2, 0).on(0, 1));
    put(rule(SUB, FREE, 2, 2).on(0, 1));
    put(rule(SUM, FREE_IN_INT8, 2, 2));

    // tables
    put(rule(L2_NORMALIZATION, FIXED, 2, 0).fixed(1 / 128.0, 0, 0));
    put(rule(LOGISTIC, FIXED, 2, 2).fixed(1 / 256.0, -128, 1 / 32768.0));
    put(rule(LOG_SOFTMAX, FIXED, 2, 0).fixed(16 / 256.0, 127, 0));
    put(rule(SOFTMAX, FIXED, 2, 2).fixed(1 / 256.0, -128, 1 / 32768.0));
    put(rule(TANH, FIXED, 2, 2).fixed(1 / 128.0, 0, 1 / 32768.0));

    // movement and choice
    put(rule(AVERAGE_POOL_2D, AS_INPUTS, 2, 2));
    put(rule(BATCH_TO_SPACE_ND, AS_INPUTS, 2, 2));
    put(rule(BROADCAST_TO, AS_INPUTS, 3, 3));
    put(rule(CONCATENATION, AS_INPUTS, 2, 2).onAll());
    put(rule(DEPTH_TO_SPACE, AS_INPUTS, 2, 0));
    put(rule(DYNAMIC_UPDATE_SLICE, AS_INPUTS, 1, 4).on(0, 1));
    put(rule(EXPAND_DIMS, AS_INPUTS, 1, 1));
    put(rule(FILL, AS_INPUTS, 3, 3).on(1));
    put(rule(GATHER, AS_INPUTS, 2, 2));
    put(rule(GATHER_ND, AS_INPUTS, 1, 3));
    put(rule(MAXIMUM, AS_INPUTS, 2, 2).onAll());
    put(rule(MAX_POOL_2D, AS_INPUTS, 2, 2));
    put(rule(MINIMUM, AS_INPUTS, 2, 2).onAll());
    put(rule(MIRROR_PAD, AS_INPUTS, 2, 2));
    put(rule(PACK, AS_INPUTS, 2, 2).onAll());
    put(rule(PAD, AS_INPUTS, 2, 2));
    put(rule(PADV2, AS_INPUTS, 2, 2).on(0, 2));
    put(rule(REDUCE_MAX, AS_INPUTS, 2, 2));
    put(rule(REDUCE_MIN, AS_INPUTS, 2, 2));
    put(rule(RESHAPE, AS_INPUTS, 1, 1));
    put(rule(RESIZE_BILINEAR, AS_INPUTS, 2, 2));
    put(rule(RESIZE_NEAREST_NEIGHBOR, AS_INPUTS, 2, 2));
    put(rule(REVERSE_V2, AS_INPUTS, 3, 3));
    put(rule(SCATTER_ND, AS_INPUTS, 1, 0).on(1));
    put(rule(SELECT, AS_INPUTS, 1, 1).on(1, 2));
    put(rule(SELECT_V2, AS_INPUTS, 1, 1).on(1, 2));
    put(rule(SLICE, AS_INPUTS, 2, 2));
    put(rule(SPACE_TO_BATCH_ND, AS_INPUTS, 2, 2));
    put(rule(SPACE_TO_DEPTH, AS_INPUTS, 2, 0));
    put(rule(SPLIT, AS_INPUTS, 2, 2).on(1));
    put(rule(SPLIT_V, AS_INPUTS, 2, 2));
    put(rule(SQUEEZE, AS_INPUTS, 1, 1));
    put(rule(STRIDED_SLICE, AS_INPUTS, 2, 2));
    put(rule(TILE, AS_INPUTS, 3, 0));
    put(rule(TOPK_V2, AS_INPUTS, 2, 3));
    put(rule(TRANSPOSE, AS_INPUTS, 2, 2));
    put(rule(UNPACK, AS_INPUTS, 2, 1));

    // operators with states
    put(rule(LSTM, FREE, 1, 0).recurrent(new LstmRule()));
    put(rule(SVDF, FREE, 3, 0).recurrent(new SvdfRule()));
    put(rule(UNIDIRECTIONAL_SEQUENCE_LSTM, FREE, 1, 0).recurrent(new LstmRule()));

    // answers that are no real numbers
    put(rule(ARG_MAX, NONE, 2, 0));
    put(rule(ARG_MIN, NONE, 2, 0));
    put(rule(EQUAL, NONE, 2, 0).on(0, 1));
    put(rule(GREATER, NONE, 2, 0).on(0, 1));
    put(rule(GREATER_EQUAL, NONE, 2, 0).on(0, 1));
    put(rule(LESS, NONE, 2, 0).on(0, 1));
    put(rule(LESS_EQUAL, NONE, 2, 0).on(0, 1));
    put(rule(NOT_EQUAL, NONE, 2, 0).on(0, 1));
  }
}

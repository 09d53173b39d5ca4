// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.edgetpu;

import static dev.octet.toolkit.edgetpu.Limitations.ALPHA_BY_CHANNEL;
import static dev.octet.toolkit.edgetpu.Limitations.DEFAULT_WEIGHTS;
import static dev.octet.toolkit.edgetpu.Limitations.DEPTH_BY_FOUR;
import static dev.octet.toolkit.edgetpu.Limitations.LEADING_ONES;
import static dev.octet.toolkit.edgetpu.Limitations.NO_ACTIVATION;
import static dev.octet.toolkit.edgetpu.Limitations.NO_BATCH_PACKING;
import static dev.octet.toolkit.edgetpu.Limitations.NO_BATCH_PADDING;
import static dev.octet.toolkit.edgetpu.Limitations.NO_BATCH_REDUCTION;
import static dev.octet.toolkit.edgetpu.Limitations.NO_BATCH_SPLIT;
import static dev.octet.toolkit.edgetpu.Limitations.NO_DILATION;
import static dev.octet.toolkit.edgetpu.Limitations.ONE_PIXEL;
import static dev.octet.toolkit.edgetpu.Limitations.ONE_ROW;
import static dev.octet.toolkit.edgetpu.Limitations.ONE_SCALE;
import static dev.octet.toolkit.edgetpu.Limitations.ONE_SHORT_ROW;
import static dev.octet.toolkit.edgetpu.Limitations.PLAIN_SLICE;
import static dev.octet.toolkit.edgetpu.Limitations.PLANE_PADDING;
import static dev.octet.toolkit.edgetpu.Limitations.PLANE_REDUCTION;
import static dev.octet.toolkit.edgetpu.Limitations.SAME_DILATION;
import static dev.octet.toolkit.edgetpu.Limitations.SEEN_SIZES;
import static dev.octet.toolkit.edgetpu.Limitations.ZERO_CONSTANT;

import dev.octet.tflite.BuiltinOperator;
import dev.octet.toolkit.model.EditableOperator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * The operators that an Edge TPU runs: the table "Supported operations" of the model page, row by
 * row, with the first version of the Edge TPU runtime that has the operator (0: all) and what it
 * must keep to. The page has the versions in its column "Runtime version"; the compiler's default
 * is the newest, 14.
 *
 * <p>Compiled packages may ask for an older runtime than the row says: those of
 * keras_lstm_mnist_ptq (an LSTM, 14 in the table) and movenet_single_pose_lightning_ptq (QUANTIZE,
 * 13) ask for 12.
 */
final class MappingRules {
  /** The newest runtime, which the compiler's newest release, 16.0, compiles for. */
  static final int NEWEST_RUNTIME = 14;

  /** The oldest runtime that compiled packages ask for. */
  static final int OLDEST_RUNTIME = 10;

  /** TensorFlow of the compiler's newest release. */
  static final String COMPILER_TENSORFLOW = "2.5.0";

  /** One row of the table. */
  record Rule(BuiltinOperator operator, int since, List<Limitation> limitations) {}

  /** In the order of the model page, which is that of the names. */
  static final List<Rule> TABLE =
      List.of(
          row(BuiltinOperator.ADD, 0),
          row(BuiltinOperator.AVERAGE_POOL_2D, 0, NO_ACTIVATION),
          row(BuiltinOperator.CONCATENATION, 0, NO_ACTIVATION, ZERO_CONSTANT),
          row(BuiltinOperator.CONV_2D, 0, SAME_DILATION),
          row(BuiltinOperator.DEPTHWISE_CONV_2D, 0, NO_DILATION.upTo(12), SAME_DILATION.since(13)),
          row(BuiltinOperator.EXPAND_DIMS, 13),
          row(BuiltinOperator.FULLY_CONNECTED, 0, DEFAULT_WEIGHTS, ONE_SCALE, ONE_ROW),
          row(BuiltinOperator.L2_NORMALIZATION, 0),
          row(BuiltinOperator.LOGISTIC, 0),
          row(BuiltinOperator.UNIDIRECTIONAL_SEQUENCE_LSTM, 14),
          row(BuiltinOperator.MAXIMUM, 0),
          row(BuiltinOperator.MAX_POOL_2D, 0, NO_ACTIVATION),
          row(
              BuiltinOperator.MEAN,
              0,
              NO_BATCH_REDUCTION,
              PLANE_REDUCTION.upTo(12),
              DEPTH_BY_FOUR.since(13)),
          row(BuiltinOperator.MINIMUM, 0),
          row(BuiltinOperator.MUL, 0),
          row(BuiltinOperator.PACK, 13, NO_BATCH_PACKING),
          row(BuiltinOperator.PAD, 0, NO_BATCH_PADDING, PLANE_PADDING.upTo(12)),
          row(BuiltinOperator.PRELU, 13, ALPHA_BY_CHANNEL),
          row(BuiltinOperator.QUANTIZE, 13),
          row(BuiltinOperator.REDUCE_MAX, 14, NO_BATCH_REDUCTION),
          row(BuiltinOperator.REDUCE_MIN, 14, NO_BATCH_REDUCTION),
          row(BuiltinOperator.RELU, 0),
          row(BuiltinOperator.RELU6, 0),
          row(BuiltinOperator.RELU_N1_TO_1, 0),
          row(BuiltinOperator.RESHAPE, 0),
          row(BuiltinOperator.RESIZE_BILINEAR, 0, SEEN_SIZES),
          row(BuiltinOperator.RESIZE_NEAREST_NEIGHBOR, 0, SEEN_SIZES),
          row(BuiltinOperator.RSQRT, 14),
          row(BuiltinOperator.SLICE, 0),
          row(BuiltinOperator.SOFTMAX, 0, ONE_SHORT_ROW),
          row(BuiltinOperator.SPACE_TO_DEPTH, 0),
          row(BuiltinOperator.SPLIT, 0, NO_BATCH_SPLIT),
          row(BuiltinOperator.SQUARED_DIFFERENCE, 14),
          row(BuiltinOperator.SQUEEZE, 0, LEADING_ONES.upTo(12)),
          row(BuiltinOperator.STRIDED_SLICE, 0, PLAIN_SLICE),
          row(BuiltinOperator.SUB, 0),
          row(BuiltinOperator.SUM, 13, NO_BATCH_REDUCTION),
          row(BuiltinOperator.TANH, 0),
          row(BuiltinOperator.TRANSPOSE, 14),
          row(BuiltinOperator.TRANSPOSE_CONV, 13));

  /** Not in the table, but on the Edge TPU in a compiled twin. */
  static final List<Rule> SEEN =
      List.of(
          // deeplab_mobilenet_edgetpu_slim_cityscapes_quant: 1x1x1x128 to 1x33x33x128
          row(BuiltinOperator.TILE, 0, ONE_PIXEL));

  private static final Map<BuiltinOperator, Rule> BY_OPERATOR =
      new EnumMap<>(BuiltinOperator.class);

  static {
    TABLE.forEach(rule -> BY_OPERATOR.put(rule.operator(), rule));
    SEEN.forEach(rule -> BY_OPERATOR.put(rule.operator(), rule));
  }

  private MappingRules() {}

  private static Rule row(BuiltinOperator operator, int since, Limitation... limitations) {
    return new Rule(operator, since, List.of(limitations));
  }

  /**
   * Why an operator does not map, as the end of a sentence that starts with it; null when it does.
   *
   * @param runtime version of the Edge TPU runtime, {@link #OLDEST_RUNTIME} or newer
   * @throws IllegalArgumentException for an operator whose inputs do not go together
   */
  static String broken(EditableOperator op, int runtime) {
    try {
      return brokenRule(op, runtime);
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw new IllegalArgumentException(op + ": " + e.getMessage(), e);
    }
  }

  private static String brokenRule(EditableOperator op, int runtime) {
    Rule rule = BY_OPERATOR.get(op.builtin());
    if (rule == null) {
      return "is not in the table of operators that an Edge TPU runs";
    }
    if (rule.since() > runtime) {
      return "needs runtime " + rule.since() + " or newer";
    }
    String general = TensorRules.broken(op);
    if (general != null) {
      return general;
    }
    for (Limitation limitation : rule.limitations()) {
      String words = limitation.holdsFor(runtime) ? limitation.broken().apply(op) : null;
      if (words != null) {
        return words;
      }
    }
    return null;
  }

  /** The runtime that an operator needs by its row; 0 for any, and for one without a row. */
  static int since(EditableOperator op) {
    Rule rule = BY_OPERATOR.get(op.builtin());
    return rule == null ? 0 : rule.since();
  }
}

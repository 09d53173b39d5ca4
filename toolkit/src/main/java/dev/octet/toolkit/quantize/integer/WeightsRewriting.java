// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.quantize.integer;

import dev.octet.TensorType;
import dev.octet.toolkit.model.EditableOperator;
import dev.octet.toolkit.model.EditableTensor;
import dev.octet.toolkit.quantize.Compute;
import dev.octet.toolkit.quantize.OperatorConfig;
import dev.octet.toolkit.quantize.WeightQuantization;
import dev.octet.toolkit.quantize.WeightQuantization.NearZero;

/** Quantizes the constant weights and the bias of one operator. */
final class WeightsRewriting {
  private final IntegerOptions options;
  private final Constants constants;

  WeightsRewriting(IntegerOptions options, Constants constants) {
    this.options = options;
    this.constants = constants;
  }

  /** The operator's activations have their parameters already. */
  void rewrite(EditableOperator op, OperatorRule rule, OperatorConfig config) {
    float input = op.input(rule.activations().get(0)).quantization().scales()[0];
    Compute compute = config.compute();
    EditableTensor bias = rule.bias() < 0 ? null : op.input(rule.bias());
    EditableTensor weights = op.input(rule.weights());
    float[] scales;
    if (weights.constant()) {
      int bits = bits(rule, config);
      int axis = axis(op, rule, config, weights);
      boolean older = compute == Compute.INT16X8 || options.nearZero() == NearZero.AS_THEY_ARE;
      scales = constants.weightScales(weights, axis, bits, options.nearZero());
      float[] biasScales = null;
      if (bias != null && bias.constant()) {
        BiasScales guarded = BiasScales.of(older, input, scales, bias.floats());
        scales = guarded.weights();
        biasScales = guarded.bias();
      }
      boolean bounded = older || axis == WeightQuantization.PER_TENSOR;
      boolean keepRanges = compute == Compute.INT16X8;
      op.inputs()
          .set(
              rule.weights(),
              constants.asWeights(weights, axis, bits, scales, bounded, keepRanges));
      setBias(op, rule, compute, biasScales);
    } else {
      scales = weights.quantization().scales();
      setBias(op, rule, compute, new float[] {input * scales[0]});
    }
  }

  private void setBias(EditableOperator op, OperatorRule rule, Compute compute, float[] scales) {
    EditableTensor bias = rule.bias() < 0 ? null : op.input(rule.bias());
    if (bias != null && bias.constant() && bias.type() == TensorType.FLOAT32) {
      op.inputs().set(rule.bias(), constants.asBias(bias, biasType(rule, compute), scales));
    }
  }

  private TensorType biasType(OperatorRule rule, Compute compute) {
    // TensorFlow Lite's depthwise kernel refuses 32 bits beside int16 activations
    boolean depthwise = rule.operator() == dev.octet.tflite.BuiltinOperator.DEPTHWISE_CONV_2D;
    boolean wide = compute == Compute.INT16X8 && (depthwise || options.int16BiasBits() == 64);
    return wide ? TensorType.INT64 : TensorType.INT32;
  }

  private static int bits(OperatorRule rule, OperatorConfig config) {
    return switch (rule.operator()) {
      case CONV_2D, DEPTHWISE_CONV_2D, FULLY_CONNECTED -> config.weightBits();
      default -> 8;
    };
  }

  private int axis(
      EditableOperator op, OperatorRule rule, OperatorConfig config, EditableTensor weights) {
    boolean dense =
        rule.operator() == dev.octet.tflite.BuiltinOperator.FULLY_CONNECTED
            && !options.perChannelDense();
    boolean one = dense || !config.perChannel() || constants.trained(weights);
    return one || rule.axis() < 0 ? WeightQuantization.PER_TENSOR : rule.axis();
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.quantize;

import dev.octet.TensorType;
import dev.octet.tflite.BuiltinOperator;
import dev.octet.toolkit.model.EditableGraph;
import dev.octet.toolkit.model.EditableModel;
import dev.octet.toolkit.model.EditableOperator;
import dev.octet.toolkit.model.EditableTensor;
import dev.octet.toolkit.quantize.WeightQuantization.NearZero;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * {@link Compute#DYNAMIC} and {@link Compute#WEIGHT_ONLY}: constant float32 weights of the
 * operators in {@link WeightOperator} become integers. A dynamic operator whose kernel takes them
 * gets them as they are; before all others stands a DEQUANTIZE, and behind GATHER.
 *
 * <p>Weights with fewer elements than the configuration says stay as they are; recurrent operators
 * get all of their weights as integers or none (TensorFlow does so for UNIDIRECTIONAL_SEQUENCE_LSTM
 * only, but no kernel of the others takes a mixture either).
 */
final class IntegerWeights {
  private static final int INT8_GATHER = 2;

  private final NearZero nearZero;
  private final Notes notes;

  private IntegerWeights(NearZero nearZero, Notes notes) {
    this.nearZero = nearZero;
    this.notes = notes;
  }

  static void apply(
      EditableModel model,
      Function<EditableOperator, OperatorConfig> configs,
      NearZero nearZero,
      Notes notes) {
    IntegerWeights pass = new IntegerWeights(nearZero, notes);
    for (EditableGraph graph : model.graphs()) {
      FloatConstants constants = new FloatConstants(graph);
      for (EditableOperator operator : graph.operators()) {
        OperatorConfig config = configs.apply(operator);
        if (config.compute() == Compute.DYNAMIC || config.compute() == Compute.WEIGHT_ONLY) {
          pass.quantize(operator, config, constants);
        }
      }
      constants.place();
    }
  }

  private void quantize(
      EditableOperator operator, OperatorConfig config, FloatConstants constants) {
    WeightOperator weights = WeightOperator.of(operator.builtin());
    if (weights == null) {
      notes.put(operator, Compute.FLOAT, "has no weights");
      return;
    }
    List<Integer> chosen = new ArrayList<>();
    String refusal = choose(operator, weights, config, chosen);
    if (refusal != null) {
      notes.put(operator, Compute.FLOAT, refusal);
      return;
    }
    String reason =
        config.compute() == Compute.DYNAMIC ? noKernel(operator, weights, config) : null;
    boolean hybrid = config.compute() == Compute.DYNAMIC && reason == null;
    boolean perChannel = weights.axis() != WeightQuantization.PER_TENSOR;
    // TensorFlow Lite's hybrid depthwise kernel reads a scale for each channel without asking
    perChannel &= config.perChannel() || hybrid && operator.is(BuiltinOperator.DEPTHWISE_CONV_2D);
    for (int i : chosen) {
      EditableTensor constant = operator.input(i);
      EditableTensor integers =
          integers(constant, perChannel ? weights.axis() : -1, config.weightBits(), constants);
      if (hybrid || moves(operator, config)) {
        operator.inputs().set(i, integers);
      } else {
        operator
            .inputs()
            .set(i, constants.expanded(constant, integers, version(integers, perChannel)));
      }
    }
    boolean moved = !hybrid && moves(operator, config);
    if (moved) {
      constants.expandBehind(operator, operator.input(0), version(operator.input(0), false));
      operator.version(Math.max(operator.version(), INT8_GATHER));
    }
    if (hybrid) {
      int version = perChannel ? weights.perChannelVersion() : weights.version();
      operator.version(Math.max(operator.version(), version));
      if (weights.asymmetric()) {
        operator.options(
            operator.options().toBuilder().set("asymmetric_quantize_inputs", true).build());
      }
    }
    notes.put(
        operator,
        hybrid ? Compute.DYNAMIC : Compute.WEIGHT_ONLY,
        "weights int"
            + config.weightBits()
            + (perChannel ? " per channel" : " per tensor")
            + (hybrid ? "" : moved ? ", DEQUANTIZE behind it" : ", DEQUANTIZE before it")
            + (reason == null ? "" : ": " + reason));
  }

  /** Adds the inputs to quantize to {@code chosen}, or tells why there are none. */
  private static String choose(
      EditableOperator operator,
      WeightOperator weights,
      OperatorConfig config,
      List<Integer> chosen) {
    if (operator.is(BuiltinOperator.LSTM) && operator.options().integer("kernel_type") != 0) {
      return "is the basic LSTM, whose weights cannot be integers";
    }
    String refusal = null;
    for (int i : weights.weights()) {
      EditableTensor weight = operator.input(i);
      if (weight == null) {
        continue;
      }
      String reason = refusal(weight, config);
      if (reason == null) {
        chosen.add(i);
      } else if (refusal == null || weights.together()) {
        refusal = reason;
      }
    }
    if (weights.together() && refusal != null) {
      return refusal + ", and its weights must have one type";
    }
    return chosen.isEmpty() ? refusal == null ? "has no weights" : refusal : null;
  }

  private static String refusal(EditableTensor weight, OperatorConfig config) {
    String name = "weights '" + weight.name() + "' ";
    if (weight.type() != TensorType.FLOAT32) {
      return name + "are " + weight.type();
    }
    if (!FloatConstants.replaceable(weight)) {
      return name + (weight.sparse() ? "are sparse" : "are not constant");
    }
    int elements = weight.elements();
    return elements >= config.minWeightElements()
        ? null
        : name + "have " + elements + " elements, fewer than " + config.minWeightElements();
  }

  /** Why a DYNAMIC operator needs DEQUANTIZE, or null. */
  private static String noKernel(
      EditableOperator operator, WeightOperator weights, OperatorConfig config) {
    if (!weights.hybrid()) {
      return "no kernel takes integer weights with float activations";
    }
    if (config.weightBits() == 4
        && !operator.is(BuiltinOperator.CONV_2D, BuiltinOperator.FULLY_CONNECTED)) {
      return "no kernel takes int4 weights with float activations";
    }
    EditableTensor bias = operator.input(2);
    if (operator.is(BuiltinOperator.CONV_2D, BuiltinOperator.DEPTHWISE_CONV_2D)
        && bias != null
        && !bias.constant()) {
      return "its bias is not constant";
    }
    return null;
  }

  /** GATHER takes rows of integers as well, and few: those are made float, not the table. */
  private static boolean moves(EditableOperator operator, OperatorConfig config) {
    return operator.is(BuiltinOperator.GATHER) && config.weightBits() == 8;
  }

  private static int version(EditableTensor integers, boolean perChannel) {
    return integers.type() == TensorType.INT4 ? 6 : perChannel ? 5 : 2;
  }

  private EditableTensor integers(
      EditableTensor constant, int axis, int bits, FloatConstants constants) {
    String key = "int" + bits + (axis < 0 ? "" : "_axis" + axis);
    return constants.small(
        constant,
        key,
        () -> {
          EditableTensor integers = constant.copy(constant.name());
          WeightQuantization.precise(constant, axis, bits, nearZero).applyTo(integers);
          return integers;
        });
  }
}

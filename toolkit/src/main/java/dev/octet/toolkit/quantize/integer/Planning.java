// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.quantize.integer;

import dev.octet.TensorType;
import dev.octet.tflite.BuiltinOperator;
import dev.octet.toolkit.model.EditableGraph;
import dev.octet.toolkit.model.EditableOperator;
import dev.octet.toolkit.model.EditableTensor;
import dev.octet.toolkit.quantize.Compute;
import dev.octet.toolkit.quantize.OperatorConfig;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Decides which operators of a graph can be quantized. */
final class Planning {
  private Planning() {}

  static Planned of(
      EditableGraph graph, Ranges ranges, Function<EditableOperator, OperatorConfig> configs) {
    Planned plan = new Planned(graph);
    for (EditableOperator op : graph.operators()) {
      if (!real(op) || CarriedValue.passes(op)) {
        continue;
      }
      Compute compute = configs.apply(op).compute();
      String reason = refusal(op, compute, ranges);
      if (reason == null) {
        plan.computes().put(op, compute);
      } else {
        plan.refuse(op, reason);
      }
    }
    return plan;
  }

  /** True when an input or output holds real numbers that the operator computes with. */
  private static boolean real(EditableOperator op) {
    return !op.is(BuiltinOperator.SHAPE, BuiltinOperator.RANK)
        && (op.inputs().stream().anyMatch(Planning::real)
            || op.outputs().stream().anyMatch(Planning::real));
  }

  private static boolean real(EditableTensor tensor) {
    return tensor != null && tensor.type() == TensorType.FLOAT32;
  }

  private static String refusal(EditableOperator op, Compute compute, Ranges ranges) {
    OperatorRule rule = OperatorRules.of(op.builtin());
    if (compute != Compute.INT8 && compute != Compute.INT16X8) {
      return "it was asked to compute as " + compute;
    }
    if (rule == null) {
      return "there is no integer form of it";
    }
    if (!rule.supports(compute)) {
      return "there is none for " + (compute == Compute.INT8 ? "int8" : "int16 activations");
    }
    if (rule.recurrent() != null) {
      return rule.recurrent().refusal(op, compute, ranges);
    }
    if (rule.activationInputs(op).isEmpty()) {
      return "its operands are no float32";
    }
    for (EditableTensor tensor : op.inputs()) {
      if (real(tensor) && tensor.variable()) {
        return "it has the state " + tensor;
      }
      if (real(tensor) && tensor.sparse()) {
        return tensor + " is stored sparsely";
      }
    }
    String constants = rule.weights() < 0 ? null : constants(op, rule, compute);
    return constants != null ? constants : values(op, rule, compute);
  }

  private static String constants(EditableOperator op, OperatorRule rule, Compute compute) {
    EditableTensor weights = op.input(rule.weights());
    boolean free =
        rule.bias() < 0 || op.is(BuiltinOperator.FULLY_CONNECTED) && compute == Compute.INT8;
    if (weights == null || !real(weights)) {
      return "its weights are no float32";
    }
    if (!weights.constant() && !free) {
      return "its weights " + weights + " are not constant";
    }
    EditableTensor bias = rule.bias() < 0 ? null : op.input(rule.bias());
    return bias != null && !bias.constant() ? "its bias " + bias + " is not constant" : null;
  }

  /** A constant whose own contents give its scale must be finite. */
  private static String values(EditableOperator op, OperatorRule rule, Compute compute) {
    if (op.is(BuiltinOperator.EMBEDDING_LOOKUP) && !op.input(1).constant()) {
      return "its table " + op.input(1) + " is not constant";
    }
    for (int i = 0; i < op.inputs().size(); i++) {
      EditableTensor tensor = op.input(i);
      if (real(tensor) && tensor.constant()) {
        for (float x : tensor.floats()) {
          boolean clamped = rule.sameScale(compute) && Float.isInfinite(x);
          if (!clamped && !(Math.abs(x) <= Float.MAX_VALUE)) {
            return "its constant " + tensor + " holds " + x;
          }
        }
      }
    }
    return null;
  }

  /**
   * Refuses the operators an end of which has no parameters.
   *
   * @return true when there was one, so that parameters are to be chosen anew
   */
  static boolean refuseUnknown(Planned plan, Map<Compute, Propagation> scales) {
    boolean found = false;
    for (EditableOperator op : List.copyOf(plan.graph().operators())) {
      EditableTensor unknown = plan.rule(op) == null ? null : unknown(plan, op, scales);
      if (unknown != null) {
        plan.refuse(op, "no range of " + unknown + " was measured");
        found = true;
      }
    }
    return found;
  }

  private static EditableTensor unknown(
      Planned plan, EditableOperator op, Map<Compute, Propagation> scales) {
    OperatorRule rule = plan.rule(op);
    Propagation chosen = scales.get(plan.compute(op));
    for (int i : rule.activationInputs(op)) {
      boolean weights = i == rule.weights() && op.input(i).constant();
      if (!weights && chosen.input(op, i) == null) {
        return op.input(i);
      }
    }
    for (int i : rule.activationOutputs(op)) {
      if (chosen.output(op, i) == null) {
        return op.output(i);
      }
    }
    return null;
  }
}

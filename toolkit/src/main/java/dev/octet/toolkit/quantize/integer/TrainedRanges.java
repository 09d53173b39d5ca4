// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.quantize.integer;

import dev.octet.tflite.BuiltinOperator;
import dev.octet.toolkit.calibrate.Range;
import dev.octet.toolkit.model.EditableGraph;
import dev.octet.toolkit.model.EditableModel;
import dev.octet.toolkit.model.EditableOperator;
import dev.octet.toolkit.model.EditableSignature;
import dev.octet.toolkit.model.EditableTensor;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * Takes the ranges that a quantization-aware training left in FAKE_QUANT operators, and takes the
 * operators away. The range of an activation then stands in place of the measured one and is not
 * replaced by a neighbour's; that of a constant gives the one scale of these weights, {@code
 * max(|min|, |max|) / 127}.
 */
final class TrainedRanges {
  private TrainedRanges() {}

  /**
   * @param ranges get those of the activations
   * @param remarks where it is said how many there were
   * @return those of constants
   */
  static Map<EditableTensor, Range> take(
      EditableModel model, EditableGraph graph, Ranges ranges, List<String> remarks) {
    Map<EditableTensor, Range> weights = new IdentityHashMap<>();
    int taken = 0;
    for (EditableOperator op : List.copyOf(graph.operators())) {
      if (!op.is(BuiltinOperator.FAKE_QUANT)) {
        continue;
      }
      EditableTensor input = op.input(0);
      EditableTensor output = op.output(0);
      Range range = range(model, op);
      boolean own =
          !input.constant() && graph.inputs().contains(input) && graph.outputs().contains(output);
      if (own) {
        // an input that is delivered as it came has no operator to give the range to
        continue;
      }
      if (input.constant()) {
        EditableTensor constant = input.copy(output.name());
        weights.put(constant, range);
        replace(model, graph, output, constant);
      } else {
        ranges.putTrained(input, range);
        if (!graph.inputs().contains(input) && graph.outputs().contains(output)) {
          input.name(output.name());
        }
        replace(model, graph, output, input);
      }
      graph.operators().remove(op);
      taken++;
    }
    if (taken > 0) {
      remarks.add(graph + ": " + taken + " ranges from training (FAKE_QUANT)");
    }
    return weights;
  }

  private static Range range(EditableModel model, EditableOperator op) {
    try {
      return new Range(op.options().float_("min"), op.options().float_("max"));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(model.source() + ": " + op + ": " + e.getMessage(), e);
    }
  }

  private static void replace(
      EditableModel model, EditableGraph graph, EditableTensor old, EditableTensor tensor) {
    graph.replaceUses(old, tensor);
    for (EditableSignature signature : model.signatures()) {
      if (signature.graph() == graph) {
        signature.outputs().replaceAll((name, t) -> t == old ? tensor : t);
      }
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.edgetpu;

import dev.octet.tflite.BuiltinOperator;
import dev.octet.toolkit.model.EditableGraph;
import dev.octet.toolkit.model.EditableModel;
import dev.octet.toolkit.model.EditableOperator;
import dev.octet.toolkit.model.EditableTensor;
import dev.octet.toolkit.quantize.RuntimeVersions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Why the compiler takes nothing of a file at all, however its operators would map.
 *
 * <ul>
 *   <li>Tensors whose size only a run knows, anywhere in the graph: the model page asks for sizes
 *       known when the model is compiled; the compiler's words are "delegate that only supports
 *       static-sized tensors with a graph that has dynamic-sized tensors" (issues 586 and 829).
 *   <li>Operators of a newer version than the TensorFlow it was built with: "Didn't find op for
 *       builtin opcode" (issues 631, 845, 879). Release 16.0, the newest, has 2.5: with issue 384
 *       it took RSQRT version 2, which is of 2.5, and libedgetpu of the same release was built with
 *       2.5.0.
 * </ul>
 */
final class Refusals {
  private Refusals() {}

  /** Sentences; empty for a file that the compiler takes. */
  static List<String> of(EditableModel model) {
    List<String> refusals = new ArrayList<>();
    EditableGraph main = model.graphs().get(0);
    for (int i = 0; i < main.operators().size(); i++) {
      EditableOperator op = main.operators().get(i);
      EditableTensor size = computedSize(op);
      if (size != null) {
        refusals.add(
            "operator "
                + i
                + " "
                + op.name()
                + " takes a size from "
                + Sentences.name(size)
                + ", which only a run computes; the compiler refuses a graph with such tensors."
                + " Convert the model anew with all sizes fixed, the batch too (Keras:"
                + " Input(..., batch_size=1))");
      }
      if (op.is(BuiltinOperator.WHERE, BuiltinOperator.UNIQUE)) {
        refusals.add(
            "operator "
                + i
                + " "
                + op.name()
                + " writes as many elements as a run finds; the compiler refuses a graph with such"
                + " tensors");
      }
    }
    refusals.addAll(newVersions(model));
    return refusals;
  }

  private static EditableTensor computedSize(EditableOperator op) {
    for (int i = 0; i < op.inputs().size(); i++) {
      if (op.input(i) != null && !op.input(i).constant() && SizeInputs.contains(op, i)) {
        return op.input(i);
      }
    }
    return null;
  }

  private static List<String> newVersions(EditableModel model) {
    Map<String, EditableOperator> newer = new LinkedHashMap<>();
    for (EditableGraph graph : model.graphs()) {
      for (EditableOperator op : graph.operators()) {
        String oldest = RuntimeVersions.oldest(op);
        if (oldest != null && RuntimeVersions.later(oldest, MappingRules.COMPILER_TENSORFLOW)) {
          newer.putIfAbsent(
              op.name() + " version " + op.version() + ", of TensorFlow " + oldest + ",", op);
        }
      }
    }
    List<String> refusals = new ArrayList<>();
    newer.forEach(
        (words, op) ->
            refusals.add(
                words
                    + " is newer than what edgetpu_compiler 16.0 has ("
                    + MappingRules.COMPILER_TENSORFLOW
                    + "), which refuses the file. Convert the model with an older TensorFlow"));
    return refusals;
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.quantize;

import dev.octet.toolkit.model.EditableGraph;
import dev.octet.toolkit.model.EditableModel;
import dev.octet.toolkit.model.EditableOperator;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/** Collects an {@link OperatorNote} for each operator of the float model. */
final class Notes {
  private final Map<EditableOperator, OperatorNote> notes = new IdentityHashMap<>();
  private final List<EditableOperator> order = new ArrayList<>();

  /** Every operator of {@code model} as it is now is float until something else is put. */
  Notes(EditableModel model) {
    for (int g = 0; g < model.graphs().size(); g++) {
      EditableGraph graph = model.graphs().get(g);
      for (EditableOperator operator : graph.operators()) {
        String output =
            operator.outputs().isEmpty() || operator.output(0) == null
                ? ""
                : operator.output(0).name();
        order.add(operator);
        notes.put(
            operator,
            new OperatorNote(
                g, operator.sourceIndex(), operator.name(), output, Compute.FLOAT, "stays float"));
      }
    }
  }

  /** Operators that were made meanwhile have no note. */
  void put(EditableOperator operator, Compute compute, String words) {
    notes.computeIfPresent(
        operator,
        (o, note) ->
            new OperatorNote(
                note.graph(), note.operator(), note.name(), note.output(), compute, words));
  }

  List<OperatorNote> list() {
    return order.stream().map(notes::get).toList();
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.quantize.integer;

import dev.octet.TensorType;
import dev.octet.toolkit.model.EditableGraph;
import dev.octet.toolkit.model.EditableOperator;
import dev.octet.toolkit.model.EditableTensor;
import dev.octet.toolkit.quantize.IoType;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.Set;

/**
 * Keeps operators that only move numbers on floats where nothing but operators on floats stands
 * around them: on integers they would cost a QUANTIZE, a DEQUANTIZE and a rounding for nothing.
 * (TensorFlow pays.)
 */
final class Islands {
  private final Planned plan;
  private final EditableGraph graph;
  private final IntegerOptions options;
  private final Set<EditableOperator> seen = identitySet();

  private Islands(Planned plan, IntegerOptions options) {
    this.plan = plan;
    this.graph = plan.graph();
    this.options = options;
  }

  private static <T> Set<T> identitySet() {
    return Collections.newSetFromMap(new IdentityHashMap<>());
  }

  static void join(Planned plan, IntegerOptions options) {
    if (plan.refusals().isEmpty()) {
      return;
    }
    Islands islands = new Islands(plan, options);
    for (EditableOperator op : plan.graph().operators()) {
      if (islands.moves(op) && !islands.seen.contains(op)) {
        islands.joinAround(op);
      }
    }
  }

  private boolean moves(EditableOperator op) {
    OperatorRule rule = plan.rule(op);
    return rule != null && rule.scale() == OutputScale.AS_INPUTS;
  }

  /** Looks at all movers that hang together with {@code start}. */
  private void joinAround(EditableOperator start) {
    Set<EditableOperator> movers = identitySet();
    Deque<EditableOperator> work = new ArrayDeque<>();
    work.push(start);
    boolean integers = false;
    boolean floats = false;
    while (!work.isEmpty()) {
      EditableOperator op = work.pop();
      if (!movers.add(op)) {
        continue;
      }
      for (EditableTensor tensor : ends(op)) {
        integers |= graph.inputs().contains(tensor) && options.input() != IoType.FLOAT;
        integers |= graph.outputs().contains(tensor) && options.output() != IoType.FLOAT;
        Set<EditableOperator> around = identitySet();
        around.addAll(graph.consumers(tensor));
        around.add(graph.producer(tensor));
        around.remove(null);
        for (EditableOperator neighbour : around) {
          if (moves(neighbour)) {
            work.push(neighbour);
          } else if (plan.compute(neighbour) != null || CarriedValue.passes(neighbour)) {
            integers = true;
          } else {
            floats |= plan.refusals().containsKey(neighbour);
          }
        }
      }
    }
    seen.addAll(movers);
    if (floats && !integers) {
      movers.forEach(op -> plan.refuse(op, "only operators on floats are around it"));
    }
  }

  private static Set<EditableTensor> ends(EditableOperator op) {
    Set<EditableTensor> ends = identitySet();
    ends.addAll(op.inputs());
    ends.addAll(op.outputs());
    ends.removeIf(t -> t == null || t.constant() || t.type() != TensorType.FLOAT32);
    return ends;
  }
}

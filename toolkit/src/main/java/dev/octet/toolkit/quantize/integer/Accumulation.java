// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.quantize.integer;

import dev.octet.TensorType;
import dev.octet.tflite.BuiltinOperator;
import dev.octet.toolkit.model.EditableGraph;
import dev.octet.toolkit.model.EditableModel;
import dev.octet.toolkit.model.EditableOperator;
import dev.octet.toolkit.model.EditableTensor;
import dev.octet.toolkit.quantize.Compute;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/**
 * Loops that add to a value from one turn to the next, as the cell of an LSTM: with int8 each turn
 * rounds the sum to 1/255 of its range, and the roundings add up. Where a body's float output
 * follows from the input of the same number without a product with weights, operators without
 * weights compute on int16 instead of int8, and those with weights stay on int8, as in TensorFlow
 * Lite's own int8 LSTM. Operators that only move numbers go with the one that made them, or else
 * with those that read them.
 */
final class Accumulation {
  private final Planned plan;
  private final EditableGraph graph;

  private Accumulation(Planned plan) {
    this.plan = plan;
    this.graph = plan.graph();
  }

  /** Makes INT16X8 of INT8 in {@code plan} where its graph is the body of a loop that adds up. */
  static void widen(EditableModel model, Planned plan) {
    int index = model.graphs().indexOf(plan.graph());
    for (EditableGraph graph : model.graphs()) {
      for (EditableOperator op : graph.operators()) {
        if (op.is(BuiltinOperator.WHILE)
            && op.options().integer("body_subgraph_index") == index
            && new Accumulation(plan).addsUp()) {
          new Accumulation(plan).widen();
          return;
        }
      }
    }
  }

  private boolean addsUp() {
    for (int i = 0; i < Math.min(graph.inputs().size(), graph.outputs().size()); i++) {
      EditableTensor input = graph.inputs().get(i);
      if (input.type() == TensorType.FLOAT32 && reached(input).contains(graph.outputs().get(i))) {
        return true;
      }
    }
    return false;
  }

  /** The tensors computed from {@code start} on int8 without weights, and not only moved. */
  private Set<EditableTensor> reached(EditableTensor start) {
    Set<EditableTensor> moved = Collections.newSetFromMap(new IdentityHashMap<>());
    Set<EditableTensor> computed = Collections.newSetFromMap(new IdentityHashMap<>());
    moved.add(start);
    for (EditableOperator op : graph.operators()) {
      if (plan.compute(op) != Compute.INT8 || weighs(op)) {
        continue;
      }
      if (op.inputs().stream().anyMatch(computed::contains)) {
        computed.addAll(op.outputs());
      } else if (op.inputs().stream().anyMatch(moved::contains)) {
        (moves(op) ? moved : computed).addAll(op.outputs());
      }
    }
    return computed;
  }

  private void widen() {
    for (EditableOperator op : List.copyOf(graph.operators())) {
      if (plan.compute(op) == Compute.INT8
          && plan.rule(op).supports(Compute.INT16X8)
          && (moves(op) ? movesWide(op) : !weighs(op))) {
        plan.computes().put(op, Compute.INT16X8);
      }
    }
  }

  private boolean weighs(EditableOperator op) {
    OperatorRule rule = plan.rule(op);
    return rule.weights() >= 0 || rule.recurrent() != null || op.is(BuiltinOperator.BATCH_MATMUL);
  }

  private boolean moves(EditableOperator op) {
    return plan.rule(op).sameScale(Compute.INT8);
  }

  private boolean movesWide(EditableOperator op) {
    EditableOperator maker = op;
    while (maker != null && plan.compute(maker) != null && moves(maker)) {
      List<Integer> inputs = plan.rule(maker).activationInputs(maker);
      maker = inputs.isEmpty() ? null : graph.producer(maker.input(inputs.get(0)));
    }
    return maker != null && plan.compute(maker) != null ? !weighs(maker) : readWide(op);
  }

  private boolean readWide(EditableOperator first) {
    Deque<EditableOperator> work = new ArrayDeque<>(List.of(first));
    while (!work.isEmpty()) {
      for (EditableTensor tensor : work.pop().outputs()) {
        for (EditableOperator reader : graph.consumers(tensor)) {
          if (plan.compute(reader) == null) {
            continue;
          }
          if (moves(reader)) {
            work.push(reader);
          } else if (!weighs(reader)) {
            return true;
          }
        }
      }
    }
    return false;
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.quantize.integer;

import static dev.octet.tflite.BuiltinOperator.IF;
import static dev.octet.tflite.BuiltinOperator.WHILE;

import dev.octet.toolkit.model.EditableGraph;
import dev.octet.toolkit.model.EditableModel;
import dev.octet.toolkit.model.EditableOperator;
import dev.octet.toolkit.model.EditableTensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;

/** Every {@link CarriedValue} of a model, by its ends. */
final class CarriedValues {
  /** By inputs and outputs of called graphs, and by the {@link Place}s of the operators. */
  private final Map<Object, CarriedValue> values = new LinkedHashMap<>();

  /**
   * Chooses the forms, joins the ranges of the ends, and refuses in {@code plans} the operators
   * that carry floats.
   *
   * @param plans of the graphs that are quantized
   * @param always true to carry integers wherever that is possible
   */
  static CarriedValues of(
      EditableModel model,
      Map<EditableGraph, Planned> plans,
      Map<EditableGraph, Ranges> ranges,
      boolean always) {
    CarriedValues all = new CarriedValues();
    for (EditableGraph graph : model.graphs()) {
      for (EditableOperator op : graph.operators()) {
        if (CarriedValue.passes(op)) {
          all.join(model, graph, op);
        }
      }
    }
    // a form that is chosen tells the ranges of graphs inside, so those of them may follow
    List<CarriedValue> open = new ArrayList<>(new LinkedHashSet<>(all.values.values()));
    boolean chosen = true;
    while (chosen) {
      chosen =
          open.removeIf(
              value -> {
                value.choose(plans, ranges, always);
                return !value.form().real();
              });
    }
    plans.values().forEach(all::refuse);
    return all;
  }

  /** The form of an end of IF or WHILE. */
  Form at(Place place) {
    CarriedValue value = values.get(place);
    return value == null ? Form.FLOAT : value.form();
  }

  /** The form of an input or output of a called graph. */
  Form end(EditableTensor tensor) {
    CarriedValue value = values.get(tensor);
    return value == null ? Form.FLOAT : value.form();
  }

  private void join(EditableModel model, EditableGraph graph, EditableOperator op) {
    int first = op.is(IF) ? 1 : 0;
    for (int index : CalledGraphs.called(op)) {
      EditableGraph called = model.graphs().get(index);
      for (int i = 0; i < called.inputs().size(); i++) {
        join(caller(graph, op, false, first + i), end(called, called.inputs().get(i)));
      }
      boolean condition = op.is(WHILE) && index == op.options().integer("cond_subgraph_index");
      for (int i = 0; i < called.outputs().size() && !condition; i++) {
        join(caller(graph, op, true, i), end(called, called.outputs().get(i)));
      }
    }
    for (int i = 0; op.is(WHILE) && i < op.outputs().size(); i++) {
      join(caller(graph, op, false, i), caller(graph, op, true, i));
    }
  }

  private CarriedValue caller(EditableGraph graph, EditableOperator op, boolean output, int index) {
    return values.computeIfAbsent(
        output ? Place.output(op, index) : Place.input(op, index),
        place -> {
          CarriedValue value = new CarriedValue();
          value.add(graph, output ? op.output(index) : op.input(index), op, !output);
          return value;
        });
  }

  private CarriedValue end(EditableGraph graph, EditableTensor tensor) {
    return values.computeIfAbsent(
        tensor,
        t -> {
          CarriedValue value = new CarriedValue();
          value.add(graph, tensor, null, false);
          return value;
        });
  }

  private void join(CarriedValue a, CarriedValue b) {
    if (a != b) {
      a.addAll(b);
      values.replaceAll((end, value) -> value == b ? a : value);
    }
  }

  private void refuse(Planned plan) {
    for (EditableOperator op : plan.graph().operators()) {
      if (CarriedValue.passes(op)) {
        for (int i = 0; i < op.inputs().size() + op.outputs().size(); i++) {
          boolean output = i >= op.inputs().size();
          int index = output ? i - op.inputs().size() : i;
          CarriedValue value =
              values.get(output ? Place.output(op, index) : Place.input(op, index));
          if (value != null && value.floats()) {
            EditableTensor tensor = output ? op.output(index) : op.input(index);
            plan.refuse(op, "it passes " + tensor + " on as floats");
            break;
          }
        }
      }
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.quantize.integer;

import dev.octet.tflite.Table;
import dev.octet.toolkit.model.EditableGraph;
import dev.octet.toolkit.model.EditableModel;
import dev.octet.toolkit.model.EditableOperator;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The graphs that operators run: bodies and conditions of IF and WHILE, composites, reducers. */
final class CalledGraphs {
  private CalledGraphs() {}

  /** The graphs that a user runs. */
  static List<EditableGraph> notCalled(EditableModel model) {
    List<EditableGraph> list = new ArrayList<>(model.graphs());
    Set<EditableGraph> called = new LinkedHashSet<>();
    for (EditableGraph graph : model.graphs()) {
      for (EditableOperator op : graph.operators()) {
        for (int index : called(op)) {
          called.add(model.graphs().get(index));
        }
      }
    }
    list.removeAll(called);
    return list;
  }

  /** The graphs that are quantized: all but those that other operators than IF and WHILE run. */
  static List<EditableGraph> quantizable(EditableModel model) {
    List<EditableGraph> list = new ArrayList<>(model.graphs());
    for (EditableGraph graph : model.graphs()) {
      for (EditableOperator op : graph.operators()) {
        if (!CarriedValue.passes(op)) {
          called(op).forEach(index -> list.remove(model.graphs().get(index)));
        }
      }
    }
    return list;
  }

  /** The indices of the graphs that {@code op} runs, in the order of its options. */
  static List<Integer> called(EditableOperator op) {
    Table options = op.options();
    return switch (op.builtin()) {
      case IF -> fields(options, "then_subgraph_index", "else_subgraph_index");
      case WHILE, STABLEHLO_WHILE -> fields(options, "cond_subgraph_index", "body_subgraph_index");
      case CALL_ONCE -> fields(options, "init_subgraph_index");
      case STABLEHLO_COMPOSITE -> fields(options, "decomposition_subgraph_index");
      case STABLEHLO_REDUCE, STABLEHLO_REDUCE_WINDOW -> fields(options, "body_subgraph_index");
      case STABLEHLO_SCATTER -> fields(options, "update_computation_subgraph_index");
      case STABLEHLO_SORT -> fields(options, "comparator_subgraph_index");
      case STABLEHLO_CASE -> {
        List<Integer> list = new ArrayList<>();
        for (int index : options.ints("branch_subgraph_indices")) {
          list.add(index);
        }
        yield list;
      }
      default -> List.of();
    };
  }

  private static List<Integer> fields(Table options, String... names) {
    List<Integer> list = new ArrayList<>();
    for (String name : names) {
      list.add(options.integer(name));
    }
    return list;
  }
}

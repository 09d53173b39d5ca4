// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.model;

import dev.octet.tflite.Table;
import dev.octet.tflite.TfliteOperator;
import dev.octet.tflite.TfliteSubgraph;
import dev.octet.tflite.TfliteTensor;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * A subgraph of an {@link EditableModel}. The order of the operators is the order of execution; the
 * tensors are those that something refers to.
 */
public final class EditableGraph {
  private final Table source;
  private String name;
  private final List<EditableTensor> read = new ArrayList<>();
  private final List<EditableTensor> inputs = new ArrayList<>();
  private final List<EditableTensor> outputs = new ArrayList<>();
  private final List<EditableOperator> operators = new ArrayList<>();

  /** An empty graph. */
  public EditableGraph(String name) {
    this.source = Table.of("SubGraph");
    this.name = name;
  }

  EditableGraph(Table source, TfliteSubgraph graph) {
    this.source = source;
    this.name = graph.name();
    List<Table> tensorTables = source.tables("tensors");
    for (TfliteTensor tensor : graph.tensors()) {
      read.add(new EditableTensor(tensorTables.get(tensor.index()), tensor));
    }
    read.forEach(tensor -> tensor.link(read));
    for (int index : graph.inputs()) {
      inputs.add(read.get(index));
    }
    for (int index : graph.outputs()) {
      outputs.add(read.get(index));
    }
    List<Table> operatorTables = source.tables("operators");
    for (TfliteOperator operator : graph.operators()) {
      operators.add(new EditableOperator(operatorTables.get(operator.index()), operator, read));
    }
  }

  public String name() {
    return name;
  }

  /** May be changed. */
  public List<EditableTensor> inputs() {
    return inputs;
  }

  /** May be changed. */
  public List<EditableTensor> outputs() {
    return outputs;
  }

  /** May be changed. */
  public List<EditableOperator> operators() {
    return operators;
  }

  /** The tensor that had this index in the file. */
  public EditableTensor read(int sourceIndex) {
    return read.get(sourceIndex);
  }

  /**
   * Every tensor that is an end of the graph or of an operator, or has scales of one, in the order
   * of the file.
   */
  public List<EditableTensor> tensors() {
    Set<EditableTensor> used = new LinkedHashSet<>(inputs);
    for (EditableOperator operator : operators) {
      used.addAll(operator.inputs());
      used.addAll(operator.intermediates());
      used.addAll(operator.outputs());
    }
    used.addAll(outputs);
    used.remove(null);
    List.copyOf(used).forEach(tensor -> used.addAll(tensor.detailTensors()));
    List<EditableTensor> ordered = new ArrayList<>();
    for (EditableTensor tensor : read) {
      if (used.remove(tensor)) {
        ordered.add(tensor);
      }
    }
    ordered.addAll(used);
    return ordered;
  }

  /** The operator that writes {@code tensor}, or null. */
  public EditableOperator producer(EditableTensor tensor) {
    for (EditableOperator operator : operators) {
      if (operator.outputs().contains(tensor)) {
        return operator;
      }
    }
    return null;
  }

  /** The operators that read {@code tensor}, each once, in order. */
  public List<EditableOperator> consumers(EditableTensor tensor) {
    List<EditableOperator> list = new ArrayList<>();
    for (EditableOperator operator : operators) {
      if (operator.inputs().contains(tensor)) {
        list.add(operator);
      }
    }
    return list;
  }

  /** Puts {@code replacement} wherever {@code tensor} is read, as an output of the graph too. */
  public void replaceUses(EditableTensor tensor, EditableTensor replacement) {
    for (EditableOperator operator : operators) {
      operator.replaceInput(tensor, replacement);
    }
    java.util.Collections.replaceAll(outputs, tensor, replacement);
  }

  /** A name that no tensor has: {@code wanted}, or {@code wanted} and a number. */
  public String freeName(String wanted) {
    Set<String> names = new LinkedHashSet<>();
    for (EditableTensor tensor : tensors()) {
      names.add(tensor.name());
    }
    String free = wanted;
    for (int i = 1; names.contains(free); i++) {
      free = wanted + "_" + i;
    }
    return free;
  }

  Table.Builder table() {
    return source.toBuilder().set("name", name);
  }

  @Override
  public String toString() {
    return "graph '" + name + "' of " + operators.size() + " operators";
  }
}

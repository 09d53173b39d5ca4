// SPDX-License-Identifier: Apache-2.0
package dev.octet.tflite;

import java.util.ArrayList;
import java.util.List;

/** Reads one subgraph, and checks that its operators can run in the order in which they stand. */
final class SubgraphDecoder {
  private final Faults faults;
  private final TensorDecoder tensorDecoder;
  private final OperatorDecoder operatorDecoder;
  private final int index;
  private final Table table;
  private final List<Table> tensorTables;
  private final List<Table> operatorTables;

  SubgraphDecoder(
      Faults faults, TensorDecoder tensors, OperatorDecoder operators, int index, Table table) {
    this.faults = faults;
    this.tensorDecoder = tensors;
    this.operatorDecoder = operators;
    this.index = index;
    this.table = table;
    this.tensorTables = table.tables("tensors");
    this.operatorTables = table.tables("operators");
  }

  TfliteSubgraph decode() {
    String words = "subgraph " + index;
    int[] inputs = indices("inputs");
    int[] outputs = indices("outputs");
    List<TfliteOperator> operators = new ArrayList<>();
    for (Table operator : operatorTables) {
      operators.add(operatorDecoder.decode(operator, operators.size(), index, tensorTables.size()));
    }
    boolean[] given = new boolean[tensorTables.size()];
    for (int input : inputs) {
      if (given[input]) {
        throw faults.at(
            table, "inputs", words + ": tensor " + input + " is an input more than once");
      }
      given[input] = true;
    }
    for (TfliteOperator operator : operators) {
      for (int output : operator.outputs()) {
        given[output] = true;
      }
    }
    List<TfliteTensor> tensors = new ArrayList<>();
    for (Table tensor : tensorTables) {
      int i = tensors.size();
      tensors.add(tensorDecoder.decode(tensor, i, words, tensorTables.size(), given[i]));
    }
    checkOrder(tensors, inputs, outputs, operators);
    String name = table.string("name");
    return new TfliteSubgraph(index, name == null ? "" : name, tensors, inputs, outputs, operators);
  }

  private int[] indices(String field) {
    int[] indices = table.ints(field);
    for (int i = 0; i < indices.length; i++) {
      if (indices[i] < 0 || indices[i] >= tensorTables.size()) {
        throw faults.at(
            table,
            field,
            "subgraph "
                + index
                + " "
                + field
                + "["
                + i
                + "]: tensor "
                + indices[i]
                + " is not one of "
                + tensorTables.size());
      }
    }
    return indices;
  }

  private void checkOrder(
      List<TfliteTensor> tensors, int[] inputs, int[] outputs, List<TfliteOperator> operators) {
    boolean[] ready = new boolean[tensors.size()];
    for (TfliteTensor tensor : tensors) {
      ready[tensor.index()] = tensor.isConstant() || tensor.variable();
    }
    for (int input : inputs) {
      ready[input] = true;
    }
    for (TfliteOperator operator : operators) {
      Table source = operatorTables.get(operator.index());
      String words =
          "subgraph " + index + " operator " + operator.index() + " " + Faults.cut(operator.name());
      for (int input : operator.inputs()) {
        if (input >= 0 && !ready[input]) {
          throw faults.at(
              source,
              "inputs",
              words
                  + ": reads "
                  + name(tensors, input)
                  + ", which is no input, constant or variable and which no operator before it"
                  + " writes");
        }
      }
      for (int output : operator.outputs()) {
        TfliteTensor tensor = tensors.get(output);
        if (ready[output] && !tensor.variable()) {
          throw faults.at(
              source,
              "outputs",
              words
                  + ": writes "
                  + name(tensors, output)
                  + (tensor.isConstant()
                      ? ", which is constant"
                      : ", which is an input of the subgraph or written before"));
        }
        ready[output] = true;
      }
    }
    for (int output : outputs) {
      if (!ready[output]) {
        throw faults.at(
            table,
            "outputs",
            "subgraph "
                + index
                + ": its output "
                + name(tensors, output)
                + " is no input, constant or variable and no operator writes it");
      }
    }
  }

  private static String name(List<TfliteTensor> tensors, int tensor) {
    return "tensor " + tensor + " " + Faults.quote(tensors.get(tensor).name());
  }
}

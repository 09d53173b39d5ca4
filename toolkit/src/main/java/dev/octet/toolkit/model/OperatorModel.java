// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.model;

import dev.octet.tflite.BuiltinOperator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * One operator of a model as a model of its own: to see what it alone computes. Inputs of the model
 * are the operator's inputs that are neither constant nor variable, each once, in order, named
 * {@code in0}, {@code in1}, ...; outputs are the operator's, named {@code out0}, ....
 */
public final class OperatorModel {
  private OperatorModel() {}

  /**
   * The model of {@code operator}, which is not changed.
   *
   * @throws IllegalArgumentException for an operator that runs other graphs of its model
   */
  public static EditableModel of(EditableOperator operator) {
    if (operator.is(
        BuiltinOperator.IF,
        BuiltinOperator.WHILE,
        BuiltinOperator.CALL_ONCE,
        BuiltinOperator.STABLEHLO_COMPOSITE,
        BuiltinOperator.STABLEHLO_WHILE,
        BuiltinOperator.STABLEHLO_CASE,
        BuiltinOperator.STABLEHLO_REDUCE,
        BuiltinOperator.STABLEHLO_SCATTER,
        BuiltinOperator.STABLEHLO_SORT,
        BuiltinOperator.STABLEHLO_REDUCE_WINDOW)) {
      throw new IllegalArgumentException(operator + " runs other graphs");
    }
    EditableGraph graph = new EditableGraph(operator.name());
    Map<EditableTensor, EditableTensor> copies = new IdentityHashMap<>();
    for (EditableTensor input : operator.inputs()) {
      boolean fed = input != null && !input.constant() && !input.variable();
      if (fed && !copies.containsKey(input)) {
        EditableTensor copy = input.copy("in" + graph.inputs().size());
        copies.put(input, copy);
        graph.inputs().add(copy);
      }
    }
    for (EditableTensor output : operator.outputs()) {
      EditableTensor copy = output.copy("out" + graph.outputs().size());
      copies.put(output, copy);
      graph.outputs().add(copy);
    }
    List<EditableOperator> operators = graph.operators();
    operators.add(operator.copy(t -> copies.computeIfAbsent(t, x -> x.copy(x.name()))));
    return new EditableModel(operator.toString(), graph);
  }
}

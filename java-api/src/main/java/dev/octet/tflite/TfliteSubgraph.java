// SPDX-License-Identifier: Apache-2.0
package dev.octet.tflite;

import java.util.List;

/**
 * One graph of a model. Its operators stand in an order in which they can run: each input of an
 * operator is an input of the subgraph, a constant, a variable, or the output of an operator
 * before.
 *
 * @param index its number in the model
 * @param name may be empty
 * @param tensors all tensors; indices elsewhere refer to this list
 * @param inputs tensor indices
 * @param outputs tensor indices
 * @param operators in execution order
 */
public record TfliteSubgraph(
    int index,
    String name,
    List<TfliteTensor> tensors,
    int[] inputs,
    int[] outputs,
    List<TfliteOperator> operators) {
  public TfliteSubgraph {
    tensors = List.copyOf(tensors);
    inputs = inputs.clone();
    outputs = outputs.clone();
    operators = List.copyOf(operators);
  }

  @Override
  public int[] inputs() {
    return inputs.clone();
  }

  @Override
  public int[] outputs() {
    return outputs.clone();
  }
}

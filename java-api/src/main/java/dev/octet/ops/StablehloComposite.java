// SPDX-License-Identifier: Apache-2.0
package dev.octet.ops;

import dev.octet.graph.Graph;
import dev.octet.graph.NodeContext;
import dev.octet.program.Emitter;
import dev.octet.tflite.BuiltinOperator;

/**
 * STABLEHLO_COMPOSITE: a name for what its decomposition, another subgraph, computes. A pass puts
 * the decomposition's operators in its place.
 *
 * @param subgraph the decomposition
 */
public record StablehloComposite(int subgraph) implements Op {
  static final OpSpec SPEC =
      new OpSpec(
          BuiltinOperator.STABLEHLO_COMPOSITE,
          1,
          "any",
          o -> new StablehloComposite(o.options().integer("decomposition_subgraph_index")));

  @Override
  public String name() {
    return "STABLEHLO_COMPOSITE";
  }

  @Override
  public void check(NodeContext node) {
    Graph graph = ControlFlow.check(node, subgraph, node.inputCount(), node.outputCount());
    ControlFlow.checkInputs(node, graph, 0);
    ControlFlow.checkOutputs(node, graph);
  }

  @Override
  public int[][] infer(NodeContext node) {
    throw new IllegalStateException("the decomposition was not put in the operator's place");
  }

  @Override
  public void emit(NodeContext node, Emitter emitter) {
    throw new IllegalStateException("the decomposition was not put in the operator's place");
  }
}

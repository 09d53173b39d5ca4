// SPDX-License-Identifier: Apache-2.0
package dev.octet.ops;

import dev.octet.TensorType;
import dev.octet.graph.Graph;
import dev.octet.graph.NodeContext;
import dev.octet.program.HostCall;
import dev.octet.program.HostTensor;
import dev.octet.tflite.BuiltinOperator;
import java.util.Arrays;

/**
 * IF: runs one subgraph where the first input, one boolean, is true, another where it is not, on
 * the other inputs. Where the two give different shapes, only a run knows them.
 */
record If(int thenSubgraph, int elseSubgraph) implements HostOp {
  static final OpSpec SPEC =
      new OpSpec(
          BuiltinOperator.IF,
          1,
          "any",
          o ->
              new If(
                  o.options().integer("then_subgraph_index"),
                  o.options().integer("else_subgraph_index")));

  @Override
  public String name() {
    return "IF";
  }

  @Override
  public void check(NodeContext node) {
    node.require(node.has(0), null, "has no condition");
    node.type(node.input(0), TensorType.BOOL);
    for (int subgraph : new int[] {thenSubgraph, elseSubgraph}) {
      Graph graph = ControlFlow.check(node, subgraph, node.inputCount() - 1, node.outputCount());
      ControlFlow.checkInputs(node, graph, 1);
      ControlFlow.checkOutputs(node, graph);
    }
  }

  @Override
  public int[][] infer(NodeContext node) {
    node.require(node.input(0).elements() == 1, node.input(0), "is not one boolean");
    int[][] inputs = ControlFlow.inputShapes(node, 1);
    int[][] first = ControlFlow.outputShapes(graph(node, thenSubgraph), inputs);
    int[][] second = ControlFlow.outputShapes(graph(node, elseSubgraph), inputs);
    for (int i = 0; i < first.length; i++) {
      first[i] = Arrays.equals(first[i], second[i]) ? first[i] : null;
    }
    return first;
  }

  private static Graph graph(NodeContext node, int subgraph) {
    return node.graph().subgraphs().get(subgraph);
  }

  @Override
  public void run(HostCall call) {
    boolean condition = ControlFlow.condition(call.input(0));
    HostTensor[] inputs = new HostTensor[call.node().inputCount() - 1];
    for (int i = 0; i < inputs.length; i++) {
      inputs[i] = call.input(i + 1);
    }
    Graph graph = graph(call.node(), condition ? thenSubgraph : elseSubgraph);
    HostTensor[] outputs = call.call(graph, inputs, null);
    for (int i = 0; i < outputs.length; i++) {
      call.output(i, outputs[i]);
    }
  }

  /** A branch may change what the interpreter remembers. */
  @Override
  public boolean stateful() {
    return true;
  }
}

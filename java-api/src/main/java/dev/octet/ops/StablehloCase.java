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
 * STABLEHLO_CASE: runs the subgraph whose number among the branches the first input, one int32,
 * gives, on the other inputs; a number that is none takes the last branch. Where the branches give
 * different shapes, only a run knows them.
 *
 * @param branches the subgraphs
 */
record StablehloCase(int[] branches) implements HostOp {
  static final OpSpec SPEC =
      new OpSpec(
          BuiltinOperator.STABLEHLO_CASE,
          1,
          "any",
          o -> new StablehloCase(o.options().ints("branch_subgraph_indices")));

  @Override
  public String name() {
    return "STABLEHLO_CASE";
  }

  @Override
  public void check(NodeContext node) {
    node.require(node.has(0), null, "has no index");
    node.require(branches != null && branches.length > 0, null, "has no branches");
    node.type(node.input(0), TensorType.INT32);
    for (int branch : branches) {
      Graph graph = ControlFlow.check(node, branch, node.inputCount() - 1, node.outputCount());
      ControlFlow.checkInputs(node, graph, 1);
      ControlFlow.checkOutputs(node, graph);
    }
  }

  @Override
  public int[][] infer(NodeContext node) {
    node.require(node.input(0).elements() == 1, node.input(0), "is not one number");
    int[][] inputs = ControlFlow.inputShapes(node, 1);
    int[][] shapes = ControlFlow.outputShapes(graph(node, branches[0]), inputs);
    for (int i = 1; i < branches.length; i++) {
      int[][] other = ControlFlow.outputShapes(graph(node, branches[i]), inputs);
      for (int j = 0; j < shapes.length; j++) {
        shapes[j] = Arrays.equals(shapes[j], other[j]) ? shapes[j] : null;
      }
    }
    return shapes;
  }

  private static Graph graph(NodeContext node, int subgraph) {
    return node.graph().subgraphs().get(subgraph);
  }

  @Override
  public void run(HostCall call) {
    int index = call.input(0).integer(0);
    int branch = index < 0 || index >= branches.length ? branches.length - 1 : index;
    HostTensor[] inputs = new HostTensor[call.node().inputCount() - 1];
    for (int i = 0; i < inputs.length; i++) {
      inputs[i] = call.input(i + 1);
    }
    HostTensor[] outputs = call.call(graph(call.node(), branches[branch]), inputs, null);
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

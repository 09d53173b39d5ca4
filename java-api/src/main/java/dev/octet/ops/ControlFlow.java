// SPDX-License-Identifier: Apache-2.0
package dev.octet.ops;

import dev.octet.TensorType;
import dev.octet.graph.Graph;
import dev.octet.graph.NodeContext;
import dev.octet.graph.Value;
import dev.octet.passes.Passes;
import dev.octet.program.HostCall;
import dev.octet.program.HostTensor;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** What the operators that run other subgraphs have in common. */
final class ControlFlow {
  private ControlFlow() {}

  /** Requires a subgraph of that many inputs and outputs whose operators are supported. */
  static Graph check(NodeContext node, int index, int inputs, int outputs) {
    node.require(
        index >= 0 && index < node.graph().subgraphs().size(),
        null,
        "there is no subgraph " + index);
    Graph graph = graph(node, index);
    node.require(
        graph.inputs().length == inputs && graph.outputs().length == outputs,
        null,
        "subgraph "
            + index
            + " has "
            + graph.inputs().length
            + " inputs and "
            + graph.outputs().length
            + " outputs, not "
            + inputs
            + " and "
            + outputs);
    Passes.check(graph);
    return graph;
  }

  /** Requires that the operator's input {@code first + i} has the type of the graph's input i. */
  static void checkInputs(NodeContext node, Graph graph, int first) {
    for (int i = 0; i < graph.inputs().length; i++) {
      node.require(node.has(first + i), null, "input " + (first + i) + " is absent");
      sameType(node, node.input(first + i), graph.value(graph.inputs()[i]));
    }
  }

  /** Requires that the operator's output i has the type of the graph's output i. */
  static void checkOutputs(NodeContext node, Graph graph) {
    for (int i = 0; i < graph.outputs().length; i++) {
      sameType(node, node.output(i), graph.value(graph.outputs()[i]));
    }
  }

  private static void sameType(NodeContext node, Value outside, Value inside) {
    node.require(
        outside.type() == inside.type(),
        outside,
        "type differs from " + inside.type() + " of the subgraph's '" + inside.name() + "'");
  }

  /** Shapes of the operator's inputs from {@code first}. */
  static int[][] inputShapes(NodeContext node, int first) {
    int[][] shapes = new int[node.inputCount() - first][];
    for (int i = 0; i < shapes.length; i++) {
      shapes[i] = node.input(first + i).shape();
    }
    return shapes;
  }

  /** Requires that each of these subgraphs takes the operator's inputs from 1 and its outputs. */
  static void checkBranches(NodeContext node, int... subgraphs) {
    for (int subgraph : subgraphs) {
      Graph graph = check(node, subgraph, node.inputCount() - 1, node.outputCount());
      checkInputs(node, graph, 1);
      checkOutputs(node, graph);
    }
  }

  /** Shapes of the outputs of these subgraphs; null for one that only a run knows. */
  static int[][] branchShapes(NodeContext node, int... subgraphs) {
    int[][] inputs = inputShapes(node, 1);
    int[][] shapes = Passes.outputShapes(graph(node, subgraphs[0]), inputs);
    for (int i = 1; i < subgraphs.length; i++) {
      int[][] other = Passes.outputShapes(graph(node, subgraphs[i]), inputs);
      for (int j = 0; j < shapes.length; j++) {
        shapes[j] = Arrays.equals(shapes[j], other[j]) ? shapes[j] : null;
      }
    }
    return shapes;
  }

  /** Runs the subgraph on the operator's inputs from 1 and gives the operator its outputs. */
  static void runBranch(HostCall call, int subgraph) {
    outputs(call, call.call(graph(call.node(), subgraph), inputs(call, 1), null));
  }

  static Graph graph(NodeContext node, int subgraph) {
    return node.graph().subgraphs().get(subgraph);
  }

  /** The operator's inputs from {@code first}. */
  static HostTensor[] inputs(HostCall call, int first) {
    HostTensor[] inputs = new HostTensor[call.node().inputCount() - first];
    for (int i = 0; i < inputs.length; i++) {
      inputs[i] = call.input(first + i);
    }
    return inputs;
  }

  /** Gives the operator its outputs. */
  static void outputs(HostCall call, HostTensor[] outputs) {
    for (int i = 0; i < outputs.length; i++) {
      call.output(i, outputs[i]);
    }
  }

  /** The single boolean of a condition. */
  static boolean condition(HostTensor tensor) {
    return tensor.data().get(0) != 0;
  }

  /** Outputs that are inputs handed through get memory of their own, since inputs are set anew. */
  static HostTensor[] detached(Graph graph, HostTensor[] outputs) {
    for (int i = 0; i < outputs.length; i++) {
      int id = graph.outputs()[i];
      boolean through = graph.isInput(id) && graph.inputs()[i] != id;
      if (through && outputs[i].type() != TensorType.STRING) {
        ByteBuffer copy = ByteBuffer.allocate(outputs[i].data().limit());
        copy.put(outputs[i].data().duplicate()).flip();
        outputs[i] = new HostTensor(outputs[i].type(), outputs[i].shape(), copy);
      }
    }
    return outputs;
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.octet.ops;

import dev.octet.TensorType;
import dev.octet.graph.Graph;
import dev.octet.graph.Node;
import dev.octet.graph.NodeContext;
import dev.octet.graph.Value;
import dev.octet.passes.Passes;
import dev.octet.program.HostCall;
import dev.octet.program.HostTensor;
import dev.octet.tflite.BuiltinOperator;
import java.util.Arrays;
import java.util.List;

/**
 * WHILE: as long as the condition's subgraph gives true for the values, the body's subgraph gives
 * new ones; they start as the inputs and end as the outputs. Where the body changes shapes, only a
 * run knows those of the outputs. Cancelling and the deadline end an endless loop.
 */
record While(int condition, int body) implements HostOp {
  static final OpSpec SPEC =
      new OpSpec(
          BuiltinOperator.WHILE,
          1,
          "any",
          o ->
              new While(
                  o.options().integer("cond_subgraph_index"),
                  o.options().integer("body_subgraph_index")));

  @Override
  public String name() {
    return "WHILE";
  }

  @Override
  public void check(NodeContext node) {
    int count = node.inputCount();
    node.require(node.outputCount() == count, null, count + " inputs, but " + node.outputCount());
    Graph test = ControlFlow.check(node, condition, count, 1);
    ControlFlow.checkInputs(node, test, 0);
    node.type(test.value(test.outputs()[0]), TensorType.BOOL);
    Graph step = ControlFlow.check(node, body, count, count);
    ControlFlow.checkInputs(node, step, 0);
    ControlFlow.checkOutputs(node, step);
  }

  @Override
  public int[][] infer(NodeContext node) {
    int[][] shapes = ControlFlow.inputShapes(node, 0);
    int[][] result = Passes.outputShapes(ControlFlow.graph(node, condition), shapes);
    node.require(
        result[0] == null || product(result[0]) == 1, null, "the condition is not one boolean");
    Graph step = ControlFlow.graph(node, body);
    if (Arrays.deepEquals(shapes, Passes.outputShapes(step, shapes))) {
      return shapes;
    }
    CountedLoop loop = counted(node);
    boolean fixed =
        loop != null
            && Arrays.deepEquals(
                shapes, Passes.outputShapes(ListUpdate.inPlace(loop, step), shapes));
    return fixed ? shapes : new int[shapes.length][];
  }

  private CountedLoop counted(NodeContext node) {
    return CountedLoop.of(node, ControlFlow.graph(node, condition), ControlFlow.graph(node, body));
  }

  @Override
  public List<Node> faster(NodeContext node, List<Value> values) {
    CountedLoop loop = counted(node);
    LstmLoop lstm = LstmLoop.of(loop);
    if (lstm != null) {
      return LoopedLstm.nodes(node, lstm, values);
    }
    Turns turns =
        Turns.of(node, loop, ControlFlow.graph(node, condition), ControlFlow.graph(node, body));
    Node place = node.node();
    return turns == null
        ? null
        : List.of(new Node(place.index(), turns, place.inputs(), place.outputs()));
  }

  private static long product(int[] shape) {
    long product = 1;
    for (int dim : shape) {
      product *= dim;
    }
    return product;
  }

  @Override
  public void run(HostCall call) {
    Graph test = ControlFlow.graph(call.node(), condition);
    Graph step = ControlFlow.graph(call.node(), body);
    HostTensor[] values = ControlFlow.inputs(call, 0);
    while (true) {
      HostTensor result = call.call(test, values, null)[0];
      if (result.elements() != 1) {
        throw call.failure("the condition is not one boolean");
      }
      if (!ControlFlow.condition(result)) {
        break;
      }
      values = ControlFlow.detached(step, call.call(step, values, null));
      call.checkStopped();
    }
    ControlFlow.outputs(call, values);
  }

  /** A body may change what the interpreter remembers. */
  @Override
  public boolean stateful() {
    return true;
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.octet.ops;

import dev.octet.TensorType;
import dev.octet.graph.NodeContext;
import dev.octet.program.HostCall;
import dev.octet.tflite.BuiltinOperator;

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
    ControlFlow.checkBranches(node, thenSubgraph, elseSubgraph);
  }

  @Override
  public int[][] infer(NodeContext node) {
    node.require(node.input(0).elements() == 1, node.input(0), "is not one boolean");
    return ControlFlow.branchShapes(node, thenSubgraph, elseSubgraph);
  }

  @Override
  public void run(HostCall call) {
    boolean condition = ControlFlow.condition(call.input(0));
    ControlFlow.runBranch(call, condition ? thenSubgraph : elseSubgraph);
  }

  /** A branch may change what the interpreter remembers. */
  @Override
  public boolean stateful() {
    return true;
  }
}

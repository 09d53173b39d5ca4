// SPDX-License-Identifier: Apache-2.0
package dev.octet.ops;

import dev.octet.TensorType;
import dev.octet.graph.NodeContext;
import dev.octet.program.HostCall;
import dev.octet.tflite.BuiltinOperator;

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
    ControlFlow.checkBranches(node, branches);
  }

  @Override
  public int[][] infer(NodeContext node) {
    node.require(node.input(0).elements() == 1, node.input(0), "is not one number");
    return ControlFlow.branchShapes(node, branches);
  }

  @Override
  public void run(HostCall call) {
    int index = call.input(0).integer(0);
    boolean known = index >= 0 && index < branches.length;
    ControlFlow.runBranch(call, branches[known ? index : branches.length - 1]);
  }

  /** A branch may change what the interpreter remembers. */
  @Override
  public boolean stateful() {
    return true;
  }
}

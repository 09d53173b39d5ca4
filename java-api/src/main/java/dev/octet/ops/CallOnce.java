// SPDX-License-Identifier: Apache-2.0
package dev.octet.ops;

import dev.octet.graph.NodeContext;
import dev.octet.program.HostCall;
import dev.octet.program.HostTensor;
import dev.octet.tflite.BuiltinOperator;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * CALL_ONCE: runs a subgraph without inputs and outputs, once in the life of an interpreter
 * whichever entry point comes first.
 */
record CallOnce(int subgraph) implements HostOp {
  static final OpSpec SPEC =
      new OpSpec(
          BuiltinOperator.CALL_ONCE,
          1,
          "any",
          o -> new CallOnce(o.options().integer("init_subgraph_index")));

  /** Which initial subgraph has run. */
  private record Key(int subgraph) {}

  @Override
  public String name() {
    return "CALL_ONCE";
  }

  @Override
  public void check(NodeContext node) {
    node.arity(0, 0, 0);
    ControlFlow.check(node, subgraph, 0, 0);
  }

  @Override
  public int[][] infer(NodeContext node) {
    return new int[0][];
  }

  @Override
  public void run(HostCall call) {
    AtomicBoolean done = call.resources().get(new Key(subgraph), AtomicBoolean::new);
    if (!done.get()) {
      call.call(call.node().graph().subgraphs().get(subgraph), new HostTensor[0], null);
      done.set(true);
    }
  }

  @Override
  public boolean stateful() {
    return true;
  }
}

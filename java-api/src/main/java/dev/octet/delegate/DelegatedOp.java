// SPDX-License-Identifier: Apache-2.0
package dev.octet.delegate;

import dev.octet.graph.NodeContext;
import dev.octet.ops.HostOp;
import dev.octet.program.HostCall;

/**
 * A part of a graph that a delegate computes, as one operator. It reads and writes the arena, whose
 * addresses it was bound to.
 *
 * @param name of the operators in it
 * @param kernel that computes it, for profiles
 */
record DelegatedOp(HostedGraph graph, int partition, String name, String kernel) implements HostOp {
  @Override
  public void check(NodeContext node) {
    // the delegate has claimed it
  }

  @Override
  public int[][] infer(NodeContext node) {
    int[][] shapes = new int[node.outputCount()][];
    for (int i = 0; i < shapes.length; i++) {
      shapes[i] = node.output(i).shape();
    }
    return shapes;
  }

  @Override
  public void run(HostCall call) {
    graph.run(partition);
  }

  /** What nobody reads was not offered; the host wants a place for all that is left. */
  @Override
  public boolean stateful() {
    return true;
  }
}

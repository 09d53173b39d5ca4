// SPDX-License-Identifier: Apache-2.0
package dev.octet.ops;

import dev.octet.graph.NodeContext;
import dev.octet.graph.Value;
import dev.octet.tflite.BuiltinOperator;
import java.util.stream.IntStream;

/**
 * The input without some dimensions of 1.
 *
 * @param axes those that go; empty for all
 */
record Squeeze(int[] axes) implements SameElements {
  static final OpSpec SPEC =
      new OpSpec(
          BuiltinOperator.SQUEEZE, 2, "any", o -> new Squeeze(o.options().ints("squeeze_dims")));

  @Override
  public String name() {
    return "SQUEEZE";
  }

  @Override
  public void check(NodeContext node) {
    node.arity(1, 1, 1);
    requireMovable(node);
  }

  @Override
  public int[][] infer(NodeContext node) {
    Value x = node.input(0);
    boolean[] gone = new boolean[x.rank()];
    for (int i = 0; i < gone.length; i++) {
      gone[i] = axes.length == 0 && x.dim(i) == 1;
    }
    for (int each : axes) {
      int axis = Parameters.axis(node, each, x.rank());
      node.require(x.dim(axis) == 1, x, "dimension " + axis + " is not 1");
      gone[axis] = true;
    }
    return new int[][] {
      IntStream.range(0, gone.length).filter(i -> !gone[i]).map(x::dim).toArray()
    };
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.octet.ops;

import dev.octet.TensorType;
import dev.octet.graph.NodeContext;
import dev.octet.graph.Value;
import dev.octet.tflite.BuiltinOperator;
import java.util.Arrays;

/** The input with a new axis of dimension 1; the second input says where. */
record ExpandDims() implements SameElements {
  static final OpSpec SPEC =
      new OpSpec(BuiltinOperator.EXPAND_DIMS, 1, "any", o -> new ExpandDims());

  @Override
  public String name() {
    return "EXPAND_DIMS";
  }

  @Override
  public void check(NodeContext node) {
    node.arity(2, 2, 1);
    requireMovable(node);
    node.type(node.input(1), TensorType.INT32, TensorType.INT64);
    Parameters.sameQuantization(node, node.input(0), node.output(0));
  }

  @Override
  public int[][] infer(NodeContext node) {
    Value x = node.input(0);
    if (!node.input(1).constant()) {
      return new int[1][];
    }
    Parameters.rankAtMost(node, x, 7);
    int axis = Parameters.axis(node, Parameters.ints(node, node.input(1), 1)[0], x.rank() + 1);
    int[] shape = new int[x.rank() + 1];
    Arrays.setAll(shape, i -> i == axis ? 1 : x.dim(i < axis ? i : i - 1));
    return new int[][] {shape};
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.octet.ops;

import dev.octet.TensorType;
import dev.octet.graph.NodeContext;
import dev.octet.graph.Value;
import dev.octet.tflite.BuiltinOperator;

/** x in reverse order along the axes that the second input names. */
record Reverse() implements MoveOp {
  private static final String TYPES = "f32 f16 bf16 i8 u8 i16 i32 i64 bool";

  static final OpSpec SPEC = new OpSpec(BuiltinOperator.REVERSE_V2, 3, TYPES, o -> new Reverse());

  @Override
  public String name() {
    return "REVERSE_V2";
  }

  @Override
  public void check(NodeContext node) {
    node.arity(2, 2, 1);
    node.type(node.input(0), Parameters.types(TYPES));
    Parameters.sameType(node, 0, 0);
    node.type(node.input(1), TensorType.INT32);
  }

  private static int[] axes(NodeContext node) {
    Value x = node.input(0);
    Value axes = node.input(1);
    node.rank(axes, 1);
    node.require(axes.dim(0) <= x.rank(), axes, "names more axes than there are");
    int[] result = Parameters.ints(node, axes, axes.dim(0));
    int seen = 0;
    for (int i = 0; i < result.length; i++) {
      result[i] = Parameters.axis(node, result[i], x.rank());
      node.require((seen >> result[i] & 1) == 0, axes, "names axis " + result[i] + " twice");
      seen |= 1 << result[i];
    }
    return result;
  }

  @Override
  public int[][] infer(NodeContext node) {
    Parameters.rankAtMost(node, node.input(0), 8);
    if (!node.input(1).constant()) {
      return new int[1][];
    }
    axes(node);
    return new int[][] {node.input(0).shape()};
  }

  @Override
  public Moves moves(NodeContext node) {
    Moves moves = new Moves(node);
    View x = moves.input(0);
    for (int axis : axes(node)) {
      x = x.reverse(axis);
    }
    return moves.copy(x, moves.output(0));
  }
}

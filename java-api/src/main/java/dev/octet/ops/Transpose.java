// SPDX-License-Identifier: Apache-2.0
package dev.octet.ops;

import dev.octet.TensorType;
import dev.octet.graph.NodeContext;
import dev.octet.graph.Value;
import dev.octet.tflite.BuiltinOperator;

/** Axis k of y is axis {@code perm[k]} of x; {@code perm} names each axis once. */
record Transpose() implements MoveOp {
  private static final String TYPES = "f32 i4 i8 u8 i16 i32 i64 bool";

  static final OpSpec SPEC = new OpSpec(BuiltinOperator.TRANSPOSE, 7, TYPES, o -> new Transpose());

  @Override
  public String name() {
    return "TRANSPOSE";
  }

  @Override
  public void check(NodeContext node) {
    node.arity(2, 2, 1);
    node.type(node.input(0), Parameters.types(TYPES));
    Parameters.sameType(node, 0, 0);
    node.type(node.input(1), TensorType.INT32);
  }

  @Override
  public int[][] infer(NodeContext node) {
    Value x = node.input(0);
    if (!node.input(1).constant()) {
      return new int[1][];
    }
    Parameters.rankAtMost(node, x, 8);
    int[] axes = axes(node);
    int[] shape = new int[axes.length];
    int seen = 0;
    for (int i = 0; i < axes.length; i++) {
      shape[i] = x.dim(axes[i]);
      seen |= 1 << axes[i];
    }
    node.require(seen == (1 << axes.length) - 1, node.input(1), "does not name every axis once");
    return new int[][] {shape};
  }

  private static int[] axes(NodeContext node) {
    int rank = node.input(0).rank();
    int[] axes = Parameters.ints(node, node.input(1), rank);
    for (int i = 0; i < rank; i++) {
      axes[i] = Parameters.axis(node, axes[i], rank);
    }
    return axes;
  }

  @Override
  public Moves moves(NodeContext node) {
    Moves moves = new Moves(node);
    return moves.copy(moves.input(0).transpose(axes(node)), moves.output(0));
  }
}

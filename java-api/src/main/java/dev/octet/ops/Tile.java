// SPDX-License-Identifier: Apache-2.0
package dev.octet.ops;

import dev.octet.TensorType;
import dev.octet.graph.NodeContext;
import dev.octet.graph.Value;
import dev.octet.tflite.BuiltinOperator;

/**
 * x again and again along each axis: {@code y[i] = x[i mod dims]}, dims times {@code multiples}.
 */
record Tile() implements MoveOp {
  private static final String TYPES = "f32 i8 u8 i32 i64 bool str";

  static final OpSpec SPEC = new OpSpec(BuiltinOperator.TILE, 3, TYPES, o -> new Tile());

  @Override
  public String name() {
    return "TILE";
  }

  @Override
  public void check(NodeContext node) {
    node.arity(2, 2, 1);
    node.type(node.input(0), Parameters.types(TYPES));
    Parameters.sameType(node, 0, 0);
    node.type(node.input(1), TensorType.INT32, TensorType.INT64);
  }

  @Override
  public int[][] infer(NodeContext node) {
    Value x = node.input(0);
    if (!node.input(1).constant()) {
      return new int[1][];
    }
    Parameters.rankAtMost(node, x, 8);
    int[] multiples = Parameters.ints(node, node.input(1), x.rank());
    int[] shape = new int[x.rank()];
    for (int i = 0; i < shape.length; i++) {
      shape[i] = Parameters.dim(node, node.output(0), (long) x.dim(i) * multiples[i]);
    }
    return new int[][] {shape};
  }

  @Override
  public Moves moves(NodeContext node) {
    Moves moves = new Moves(node);
    int[] multiples = Parameters.ints(node, node.input(1), node.input(0).rank());
    if (node.output(0).elements() == 0) {
      return moves;
    }
    View x = moves.input(0);
    View y = moves.output(0);
    int loops = 0;
    int[] dims = node.input(0).shape();
    for (int i = dims.length - 1; i >= 0; i--) {
      loops += (dims[i] > 1 ? 1 : 0) + (multiples[i] > 1 ? 1 : 0);
      x = x.repeat(i, multiples[i]);
      y = y.split(i, multiples[i], dims[i]);
    }
    return loops <= Moves.LOOPS ? moves.copy(x, y) : axisByAxis(moves, dims, multiples);
  }

  /** x at the start of y, then along one axis after another what is there already. */
  private static Moves axisByAxis(Moves moves, int[] dims, int[] multiples) {
    View y = moves.output(0);
    moves.copy(moves.input(0), Pad.inside(y, new int[dims.length], dims));
    for (int k = dims.length - 1; k >= 0; k--) {
      View part = y;
      for (int i = 0; i < k; i++) {
        part = part.slice(i, 0, dims[i]);
      }
      int more = multiples[k] - 1;
      moves.copy(
          part.slice(k, 0, dims[k]).repeat(k, more),
          part.slice(k, dims[k], more * dims[k]).split(k, more, dims[k]));
    }
    return moves;
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.octet.ops;

import dev.octet.graph.NodeContext;
import dev.octet.graph.Value;
import dev.octet.tflite.BuiltinOperator;

/**
 * MATRIX_DIAG: {@code y[..., i, i] = x[..., i]}, 0 elsewhere; MATRIX_SET_DIAG: x, of matrices, with
 * {@code y[..., i, i] = diagonal[..., i]}.
 *
 * @param set the operator is MATRIX_SET_DIAG
 */
record MatrixDiag(boolean set) implements MoveOp {
  private static final String TYPES = "f32 i8 u8 i16 i32 i64";

  static final OpSpec DIAG =
      new OpSpec(BuiltinOperator.MATRIX_DIAG, 1, TYPES, o -> new MatrixDiag(false));
  static final OpSpec SET_DIAG =
      new OpSpec(BuiltinOperator.MATRIX_SET_DIAG, 1, TYPES, o -> new MatrixDiag(true));

  @Override
  public String name() {
    return set ? "MATRIX_SET_DIAG" : "MATRIX_DIAG";
  }

  @Override
  public void check(NodeContext node) {
    int arity = set ? 2 : 1;
    node.arity(arity, arity, 1);
    node.type(node.input(0), Parameters.types(TYPES));
    Parameters.sameType(node, 0, arity - 1);
  }

  @Override
  public boolean decides(NodeContext node, int i) {
    return false;
  }

  @Override
  public int[][] infer(NodeContext node) {
    Value x = node.input(0);
    Parameters.rankAtMost(node, x, set ? 8 : 7);
    int[] shape = x.shape();
    if (!set) {
      node.require(x.rank() >= 1, x, "has rank 0");
      shape = java.util.Arrays.copyOf(shape, x.rank() + 1);
      shape[x.rank()] = shape[x.rank() - 1];
      return new int[][] {shape};
    }
    node.require(x.rank() >= 2, x, "is no matrix");
    long elements = least(shape);
    for (int i = 0; i < x.rank() - 2; i++) {
      elements *= shape[i];
    }
    node.require(
        node.input(1).elements() == elements, node.input(1), "has not " + elements + " elements");
    return new int[][] {shape};
  }

  /** Elements of a matrix's diagonal. */
  private static int least(int[] shape) {
    return Math.min(shape[shape.length - 2], shape[shape.length - 1]);
  }

  @Override
  public Moves moves(NodeContext node) {
    Moves moves = new Moves(node);
    View y = moves.output(0);
    if (node.output(0).elements() == 0) {
      return moves;
    }
    if (!set) {
      int n = node.input(0).dim(node.input(0).rank() - 1);
      return moves.fill(y, 0).copy(moves.input(0), y.diagonal(n));
    }
    View to = y.diagonal(least(y.dims()));
    View from = moves.input(1);
    // only the number of its elements is certain
    View rows = new View(from.place(), 0, to.dims(), rowMajor(to.dims()));
    return moves.copy(moves.input(0), y).copy(rows, to);
  }

  private static int[] rowMajor(int[] dims) {
    return View.of(new View.Place(dims)).strides();
  }
}

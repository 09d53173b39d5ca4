// SPDX-License-Identifier: Apache-2.0
package dev.octet.ops;

import dev.octet.TensorType;
import dev.octet.graph.NodeContext;
import dev.octet.graph.Value;
import dev.octet.tflite.BuiltinOperator;

/** A tensor whose shape is the first input and whose elements are all the second, a scalar. */
record Fill() implements MoveOp {
  private static final String TYPES = "f32 f16 i8 i16 i32 i64 bool str";

  static final OpSpec SPEC = new OpSpec(BuiltinOperator.FILL, 4, TYPES, o -> new Fill());

  @Override
  public String name() {
    return "FILL";
  }

  @Override
  public void check(NodeContext node) {
    node.arity(2, 2, 1);
    Value value = node.input(1);
    node.type(node.input(0), TensorType.INT32, TensorType.INT64);
    node.type(value, Parameters.types(TYPES));
    Parameters.sameType(node, 1, 1);
    Parameters.sameQuantization(node, value, node.output(0));
    node.require(
        value.type() != TensorType.INT16 || Parameters.zeroPoint(value) == 0,
        value,
        "zero point is not 0");
  }

  @Override
  public boolean decides(NodeContext node, int i) {
    return i == 0;
  }

  @Override
  public int[][] infer(NodeContext node) {
    Value dims = node.input(0);
    node.rank(node.input(1), 0);
    node.rank(dims, 1);
    node.require(dims.dim(0) <= 8, dims, "rank " + dims.dim(0) + " is over 8");
    return new int[][] {dims.constant() ? Parameters.ints(node, dims, dims.dim(0)) : null};
  }

  @Override
  public Moves moves(NodeContext node) {
    Moves moves = new Moves(node);
    return moves.fill(moves.output(0), moves.input(1));
  }
}

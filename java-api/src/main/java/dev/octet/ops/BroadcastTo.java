// SPDX-License-Identifier: Apache-2.0
package dev.octet.ops;

import dev.octet.TensorType;
import dev.octet.graph.NodeContext;
import dev.octet.graph.Value;
import dev.octet.tflite.BuiltinOperator;
import java.util.List;

/**
 * Repeats a value of any type of fixed size along dimensions of length 1, or further ones before
 * them, until it has the shape that the second input, an int32 or int64 vector of up to 8, names.
 */
record BroadcastTo() implements MoveOp {
  private static final String TYPES =
      "f32 f16 bf16 f64 i8 u8 i16 u16 i32 u32 i64 u64 bool c64 c128";
  private static final TensorType[] KINDS = TypeNames.types(List.of(TYPES.split(" ")));
  private static final int MAX_RANK = 8;

  static final OpSpec SPEC =
      new OpSpec(BuiltinOperator.BROADCAST_TO, 3, TYPES, o -> new BroadcastTo());

  @Override
  public String name() {
    return "BROADCAST_TO";
  }

  @Override
  public void check(NodeContext node) {
    node.arity(2, 2, 1);
    node.type(node.input(0), KINDS);
    node.type(node.input(1), TensorType.INT32, TensorType.INT64);
    node.type(node.output(0), node.input(0).type());
  }

  @Override
  public int[][] infer(NodeContext node) {
    Value x = node.input(0);
    Value dims = node.input(1);
    node.rank(dims, 1);
    node.require(dims.dim(0) <= MAX_RANK, dims, "rank " + dims.dim(0) + " is over " + MAX_RANK);
    node.require(x.rank() <= dims.dim(0), x, "has more dimensions than the output");
    if (!dims.constant()) {
      return new int[][] {null};
    }
    int[] shape = new int[dims.dim(0)];
    for (int i = 0; i < shape.length; i++) {
      long dim =
          dims.type() == TensorType.INT64
              ? dims.contents().getLong(8 * i)
              : dims.contents().getInt(4 * i);
      node.require(
          dim >= 0 && dim <= Integer.MAX_VALUE, dims, "dimension " + dim + " is out of range");
      shape[i] = (int) dim;
    }
    int further = shape.length - x.rank();
    for (int axis = 0; axis < x.rank(); axis++) {
      int dim = shape[further + axis];
      node.require(
          x.dim(axis) == 1 || x.dim(axis) == dim,
          x,
          "does not broadcast: dimension " + x.dim(axis) + " against " + dim);
    }
    return new int[][] {shape};
  }

  @Override
  public Moves moves(NodeContext node) {
    int[] shape = node.output(0).shape();
    Value x = node.input(0);
    Moves moves = new Moves(node);
    View view = moves.input(0);
    for (int axis = 0; axis < shape.length; axis++) {
      int own = axis - (shape.length - x.rank());
      if (own < 0) {
        view = view.repeat(axis, shape[axis]);
      } else if (x.dim(own) != shape[axis]) {
        view = view.drop(axis).repeat(axis, shape[axis]);
      }
    }
    return moves.copy(view, moves.output(0));
  }
}

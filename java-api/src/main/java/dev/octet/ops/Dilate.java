// SPDX-License-Identifier: Apache-2.0
package dev.octet.ops;

import dev.octet.TensorType;
import dev.octet.graph.NodeContext;
import dev.octet.graph.Value;
import dev.octet.tflite.BuiltinOperator;

/**
 * Element i of x at index {@code i * dilations[k]} of y along axis k, the third input between them.
 */
record Dilate() implements MoveOp {
  private static final String TYPES =
      "f32 f64 f16 bf16 i8 u8 i16 u16 i32 u32 i64 u64 bool c64 c128";

  static final OpSpec SPEC = new OpSpec(BuiltinOperator.DILATE, 1, TYPES, o -> new Dilate());

  @Override
  public String name() {
    return "DILATE";
  }

  @Override
  public void check(NodeContext node) {
    node.arity(3, 3, 1);
    Value x = node.input(0);
    node.type(x, Parameters.types(TYPES));
    Parameters.sameType(node, 0, 0);
    node.type(node.input(1), TensorType.INT32);
    node.type(node.input(2), x.type());
  }

  @Override
  public boolean decides(NodeContext node, int i) {
    return i == 1;
  }

  @Override
  public int[][] infer(NodeContext node) {
    Value x = node.input(0);
    node.require(x.rank() > 0, x, "has rank 0");
    Parameters.rankAtMost(node, x, 8);
    node.require(node.input(2).elements() == 1, node.input(2), "is not one element");
    node.rank(node.input(1), 1);
    if (!node.input(1).constant()) {
      return new int[1][];
    }
    int[] dilations = Parameters.ints(node, node.input(1), x.rank());
    int[] shape = new int[x.rank()];
    for (int i = 0; i < shape.length; i++) {
      node.require(
          dilations[i] > 0, node.input(1), "dilation " + dilations[i] + " is not positive");
      shape[i] = Parameters.dim(node, x, (x.dim(i) - 1L) * dilations[i] + 1);
    }
    return new int[][] {shape};
  }

  @Override
  public Moves moves(NodeContext node) {
    Moves moves = new Moves(node);
    int[] dims = node.input(0).shape();
    int[] dilations = Parameters.ints(node, node.input(1), dims.length);
    View y = moves.output(0);
    moves.fill(y, moves.input(2));
    for (int i = 0; i < dims.length; i++) {
      y = y.slice(i, 0, dims[i], dilations[i]);
    }
    return moves.copy(moves.input(0), y);
  }
}

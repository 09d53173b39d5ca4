// SPDX-License-Identifier: Apache-2.0
package dev.octet.ops;

import dev.octet.TensorType;
import dev.octet.graph.NodeContext;
import dev.octet.graph.Value;
import dev.octet.tflite.BuiltinOperator;

/**
 * {@code y[i] = x[begin + i]}: {@code size[k]} elements from {@code begin[k]} on along axis k, of
 * which -1 stands for all that are left.
 */
record Slice() implements MoveOp {
  private static final String TYPES = "f32 f16 bf16 i8 u8 i16 i32 u32 i64 bool str";

  static final OpSpec SPEC = new OpSpec(BuiltinOperator.SLICE, 6, TYPES, o -> new Slice());

  @Override
  public String name() {
    return "SLICE";
  }

  @Override
  public void check(NodeContext node) {
    node.arity(3, 3, 1);
    node.type(node.input(0), Parameters.types(TYPES));
    Parameters.sameType(node, 0, 0);
    node.type(node.input(1), TensorType.INT32, TensorType.INT64);
    node.type(node.input(2), node.input(1).type());
  }

  @Override
  public int[][] infer(NodeContext node) {
    Value x = node.input(0);
    if (!node.input(1).constant() || !node.input(2).constant()) {
      return new int[1][];
    }
    Parameters.rankAtMost(node, x, 8);
    int[] begin = Parameters.ints(node, node.input(1), x.rank());
    int[] size = Parameters.ints(node, node.input(2), x.rank());
    for (int i = 0; i < size.length; i++) {
      int left = x.dim(i) - begin[i];
      node.require(begin[i] >= 0 && left >= 0, x, "begin " + begin[i] + " is outside axis " + i);
      if (size[i] == -1) {
        size[i] = left;
      }
      node.require(size[i] >= 0 && size[i] <= left, x, "size " + size[i] + " is outside axis " + i);
    }
    if (x.rank() > 0) {
      Rows.requireNoneLost(node, begin[0], 1, size[0]);
    }
    return new int[][] {size};
  }

  @Override
  public Moves moves(NodeContext node) {
    Value y = node.output(0);
    int[] begin = Parameters.ints(node, node.input(1), y.rank());
    Moves moves = new Moves(node);
    View from = moves.input(0);
    for (int i = 0; i < begin.length; i++) {
      from = from.slice(i, begin[i], y.dim(i));
    }
    return moves.copy(from, moves.output(0));
  }
}

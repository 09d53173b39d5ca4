// SPDX-License-Identifier: Apache-2.0
package dev.octet.ops;

import dev.octet.graph.NodeContext;
import dev.octet.graph.Value;
import dev.octet.tflite.BuiltinOperator;

/**
 * SPACE_TO_DEPTH: {@code y[n, h, w, (i * block + j) * c + k] = x[n, h * block + i, w * block + j,
 * k]}; DEPTH_TO_SPACE is its inverse.
 *
 * @param toDepth the operator is SPACE_TO_DEPTH
 */
record SpaceDepth(boolean toDepth, int block) implements MoveOp {
  private static final String TYPES = "f32 i8 u8 i32 i64";

  static final OpSpec TO_DEPTH =
      new OpSpec(
          BuiltinOperator.SPACE_TO_DEPTH,
          2,
          TYPES,
          o -> new SpaceDepth(true, o.options().integer("block_size")));
  static final OpSpec TO_SPACE =
      new OpSpec(
          BuiltinOperator.DEPTH_TO_SPACE,
          2,
          TYPES,
          o -> new SpaceDepth(false, o.options().integer("block_size")));

  @Override
  public String name() {
    return toDepth ? "SPACE_TO_DEPTH" : "DEPTH_TO_SPACE";
  }

  @Override
  public void check(NodeContext node) {
    node.arity(1, 1, 1);
    node.type(node.input(0), Parameters.types(TYPES));
    Parameters.sameType(node, 0, 0);
    // beyond it no block of x fits a tensor
    node.require(block > 0 && block <= 1 << 15, null, "block size " + block + " is out of range");
  }

  @Override
  public int[][] infer(NodeContext node) {
    Value x = node.input(0);
    node.rank(x, 4);
    int square = block * block;
    int[] shape = x.shape().clone();
    if (toDepth) {
      for (int i = 1; i < 3; i++) {
        requireMultiple(node, i, block);
        shape[i] = x.dim(i) / block;
      }
      shape[3] = Parameters.dim(node, x, (long) x.dim(3) * square);
    } else {
      requireMultiple(node, 3, square);
      shape[1] = Parameters.dim(node, x, (long) x.dim(1) * block);
      shape[2] = Parameters.dim(node, x, (long) x.dim(2) * block);
      shape[3] = x.dim(3) / square;
    }
    return new int[][] {shape};
  }

  private static void requireMultiple(NodeContext node, int axis, int of) {
    Value x = node.input(0);
    node.require(x.dim(axis) % of == 0, x, "dimension " + axis + " is not a multiple of " + of);
  }

  @Override
  public Moves moves(NodeContext node) {
    Moves moves = new Moves(node);
    int[] space = (toDepth ? node.input(0) : node.output(0)).shape();
    int c = space[3];
    View wide = toDepth ? moves.input(0) : moves.output(0);
    View deep = toDepth ? moves.output(0) : moves.input(0);
    // [n, h, w, i, j, c]
    wide = wide.split(2, space[2] / block, block).split(1, space[1] / block, block);
    wide = wide.transpose(0, 1, 3, 2, 4, 5);
    deep = deep.split(3, block, block * c).split(4, block, c);
    return toDepth ? moves.copy(wide, deep) : moves.copy(deep, wide);
  }
}

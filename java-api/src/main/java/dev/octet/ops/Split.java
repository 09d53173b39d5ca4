// SPDX-License-Identifier: Apache-2.0
package dev.octet.ops;

import dev.octet.TensorType;
import dev.octet.graph.NodeContext;
import dev.octet.graph.Value;
import dev.octet.tflite.BuiltinOperator;
import java.util.Arrays;

/**
 * Cuts a tensor along an axis: SPLIT (inputs axis, x) in equal parts, SPLIT_V (inputs x, sizes,
 * axis) in parts of given sizes, one of which may be -1 and takes what is left.
 */
record Split(boolean sized, int parts) implements MoveOp {
  private static final String TYPES = "f32 i8 u8 i16 i32 i64";

  static final OpSpec SPLIT =
      new OpSpec(
          BuiltinOperator.SPLIT,
          4,
          TYPES,
          o -> new Split(false, o.options().integer("num_splits")));
  static final OpSpec SPLIT_V =
      new OpSpec(
          BuiltinOperator.SPLIT_V,
          2,
          TYPES,
          o -> new Split(true, o.options().integer("num_splits")));

  @Override
  public String name() {
    return sized ? "SPLIT_V" : "SPLIT";
  }

  private int x() {
    return sized ? 0 : 1;
  }

  private int axis() {
    return sized ? 2 : 0;
  }

  @Override
  public void check(NodeContext node) {
    int arity = sized ? 3 : 2;
    node.require(parts > 0, null, "has " + parts + " parts");
    node.arity(arity, arity, parts);
    node.type(node.input(x()), Parameters.types(TYPES));
    Parameters.sameType(node, x(), x());
    node.type(node.input(axis()), TensorType.INT32);
    if (sized) {
      node.type(node.input(1), TensorType.INT32, TensorType.INT64);
    }
  }

  @Override
  public boolean decides(NodeContext node, int i) {
    return i != x();
  }

  @Override
  public int[][] infer(NodeContext node) {
    int[][] shapes = new int[parts][];
    if (!node.input(axis()).constant() || sized && !node.input(1).constant()) {
      return shapes;
    }
    Value x = node.input(x());
    Parameters.rankAtMost(node, x, 8);
    int axis = Parameters.axis(node, Parameters.ints(node, node.input(axis()), 1)[0], x.rank());
    int[] sizes = sized ? sizes(node, x.dim(axis)) : equal(node, x.dim(axis));
    for (int i = 0; i < parts; i++) {
      shapes[i] = x.shape().clone();
      shapes[i][axis] = sizes[i];
    }
    return shapes;
  }

  private int[] equal(NodeContext node, int dim) {
    node.require(dim % parts == 0, node.input(x()), dim + " is not a multiple of " + parts);
    int[] sizes = new int[parts];
    Arrays.fill(sizes, dim / parts);
    return sizes;
  }

  private int[] sizes(NodeContext node, int dim) {
    int[] sizes = Parameters.ints(node, node.input(1), parts);
    int open = -1;
    long sum = 0;
    for (int i = 0; i < parts; i++) {
      if (sizes[i] == -1) {
        node.require(open < 0, node.input(1), "more than one size is -1");
        open = i;
      } else {
        node.require(sizes[i] >= 0, node.input(1), "size " + sizes[i] + " is negative");
        sum += sizes[i];
      }
    }
    node.require(
        open >= 0 ? sum <= dim : sum == dim, node.input(1), "sizes are " + sum + " of " + dim);
    if (open >= 0) {
      sizes[open] = (int) (dim - sum);
    }
    return sizes;
  }

  @Override
  public Moves moves(NodeContext node) {
    Moves moves = new Moves(node);
    int axis =
        Parameters.axis(
            node, Parameters.ints(node, node.input(axis()), 1)[0], node.input(x()).rank());
    int at = 0;
    for (int i = 0; i < parts; i++) {
      int count = node.output(i).dim(axis);
      moves.copy(moves.input(x()).slice(axis, at, count), moves.output(i));
      at += count;
    }
    return moves;
  }
}

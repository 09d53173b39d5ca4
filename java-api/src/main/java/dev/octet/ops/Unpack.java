// SPDX-License-Identifier: Apache-2.0
package dev.octet.ops;

import dev.octet.graph.NodeContext;
import dev.octet.graph.Value;
import dev.octet.tflite.BuiltinOperator;
import dev.octet.tflite.Table;
import java.util.Arrays;

/** The slices of a tensor at each index of an axis, which goes away. */
record Unpack(int count, int axis) implements MoveOp {
  private static final String TYPES = "f32 i8 u8 i16 i32 bool";

  static final OpSpec SPEC = new OpSpec(BuiltinOperator.UNPACK, 4, TYPES, o -> of(o.options()));

  private static Unpack of(Table options) {
    return new Unpack(options.integer("num"), options.integer("axis"));
  }

  @Override
  public String name() {
    return "UNPACK";
  }

  @Override
  public void check(NodeContext node) {
    node.require(count > 0, null, "gives " + count + " values");
    node.arity(1, 1, count);
    node.type(node.input(0), Parameters.types(TYPES));
    Parameters.sameType(node, 0, 0);
    for (int i = 0; i < count; i++) {
      Parameters.sameQuantization(node, node.input(0), node.output(i));
    }
  }

  @Override
  public int[][] infer(NodeContext node) {
    Value x = node.input(0);
    Parameters.rankAtMost(node, x, 8);
    int along = Parameters.axis(node, axis, x.rank());
    node.require(x.dim(along) == count, x, "has not " + count + " elements along axis " + along);
    int[] shape = new int[x.rank() - 1];
    Arrays.setAll(shape, i -> x.dim(i < along ? i : i + 1));
    int[][] shapes = new int[count][];
    Arrays.fill(shapes, shape);
    return shapes;
  }

  @Override
  public Moves moves(NodeContext node) {
    Moves moves = new Moves(node);
    int along = Parameters.axis(node, axis, node.input(0).rank());
    for (int i = 0; i < count; i++) {
      moves.copy(moves.input(0).slice(along, i, 1).drop(along), moves.output(i));
    }
    return moves;
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.octet.ops;

import dev.octet.graph.NodeContext;
import dev.octet.graph.Value;
import dev.octet.tflite.BuiltinOperator;
import dev.octet.tflite.Table;
import java.util.Arrays;

/** Inputs of one shape side by side along a new axis. */
record Pack(int count, int axis) implements MoveOp {
  private static final String TYPES = "f32 i8 u8 i16 i32 u32 i64";

  static final OpSpec SPEC = new OpSpec(BuiltinOperator.PACK, 4, TYPES, o -> of(o.options()));

  private static Pack of(Table options) {
    return new Pack(options.integer("values_count"), options.integer("axis"));
  }

  @Override
  public String name() {
    return "PACK";
  }

  @Override
  public void check(NodeContext node) {
    node.require(count > 0, null, "packs " + count + " values");
    node.arity(count, count, 1);
    node.type(node.input(0), Parameters.types(TYPES));
    Parameters.sameType(node, 0, count - 1);
    for (int i = 0; i < count; i++) {
      Parameters.sameQuantization(node, node.output(0), node.input(i));
    }
  }

  @Override
  public int[][] infer(NodeContext node) {
    Value first = node.input(0);
    Parameters.rankAtMost(node, first, 7);
    int along = Parameters.axis(node, axis, first.rank() + 1);
    for (int i = 1; i < count; i++) {
      Value x = node.input(i);
      node.require(Arrays.equals(x.shape(), first.shape()), x, "has not the shape of " + first);
    }
    int[] shape = new int[first.rank() + 1];
    for (int i = 0; i < shape.length; i++) {
      shape[i] = i == along ? count : first.dim(i < along ? i : i - 1);
    }
    return new int[][] {shape};
  }

  @Override
  public Moves moves(NodeContext node) {
    Moves moves = new Moves(node);
    int along = Parameters.axis(node, axis, node.output(0).rank());
    for (int i = 0; i < count; i++) {
      moves.copy(moves.input(i).repeat(along, 1), moves.output(0).slice(along, i, 1));
    }
    return moves;
  }
}

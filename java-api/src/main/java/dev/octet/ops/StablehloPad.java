// SPDX-License-Identifier: Apache-2.0
package dev.octet.ops;

import dev.octet.graph.NodeContext;
import dev.octet.graph.Value;
import dev.octet.tflite.BuiltinOperator;
import dev.octet.tflite.Table;
import java.util.Arrays;

/**
 * Element i of x at index {@code low + i * (interior + 1)} of y along each axis, the second input
 * everywhere else; y ends {@code high} after the last. Negative edges cut. Where a dimension of y
 * would not be positive, all are 0, as in TensorFlow Lite.
 */
record StablehloPad(long[] low, long[] high, long[] interior) implements MoveOp {
  private static final String TYPES =
      "f32 f64 f16 bf16 i8 u8 i16 u16 i32 u32 i64 u64 bool c64 c128";

  static final OpSpec SPEC =
      new OpSpec(BuiltinOperator.STABLEHLO_PAD, 1, TYPES, o -> of(o.options()));

  private static StablehloPad of(Table options) {
    return new StablehloPad(
        options.longs("edge_padding_low"),
        options.longs("edge_padding_high"),
        options.longs("interior_padding"));
  }

  @Override
  public String name() {
    return "STABLEHLO_PAD";
  }

  @Override
  public void check(NodeContext node) {
    node.arity(2, 2, 1);
    node.type(node.input(0), Parameters.types(TYPES));
    Parameters.sameType(node, 0, 1);
    for (long[] each : new long[][] {low, high, interior}) {
      for (long pad : each) {
        boolean least = each == interior ? pad >= 0 : pad >= -Integer.MAX_VALUE;
        node.require(least && pad < Integer.MAX_VALUE, null, "padding " + pad + " is out of range");
      }
    }
  }

  @Override
  public boolean decides(NodeContext node, int i) {
    return false;
  }

  @Override
  public int[][] infer(NodeContext node) {
    Value x = node.input(0);
    Parameters.rankAtMost(node, x, 8);
    node.require(
        low.length == x.rank() && high.length == x.rank() && interior.length == x.rank(),
        x,
        "has rank " + x.rank() + ", not that of the padding");
    node.require(node.input(1).elements() == 1, node.input(1), "is not one element");
    int[] shape = new int[x.rank()];
    boolean empty = false;
    for (int i = 0; i < shape.length; i++) {
      long dim = (x.dim(i) - 1) * (interior[i] + 1) + 1 + low[i] + high[i];
      empty |= dim <= 0;
      shape[i] = Parameters.dim(node, x, Math.max(0, dim));
    }
    if (empty) {
      Arrays.fill(shape, 0);
    }
    return new int[][] {shape};
  }

  @Override
  public Moves moves(NodeContext node) {
    Moves moves = new Moves(node);
    View x = moves.input(0);
    View y = moves.output(0);
    if (node.output(0).elements() == 0) {
      return moves;
    }
    moves.fill(y, moves.input(1));
    for (int i = 0; i < low.length; i++) {
      long step = interior[i] + 1;
      // elements first to last - 1 of x lie inside y
      long first = Math.max(0, -Math.floorDiv(low[i], step));
      long last = Math.min(x.dims()[i], -Math.floorDiv(low[i] - y.dims()[i], step));
      int count = (int) Math.max(0, last - first);
      x = x.slice(i, (int) first, count);
      y = y.slice(i, (int) (low[i] + first * step), count, (int) step);
    }
    return moves.copy(x, y);
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.octet.ops;

import dev.octet.TensorType;
import dev.octet.graph.NodeContext;
import dev.octet.graph.Value;
import dev.octet.tflite.BuiltinOperator;
import dev.octet.tflite.MirrorPadMode;

/**
 * x continued by its mirror image, {@code pads[k][0]} elements before and {@code pads[k][1]} after
 * it along axis k. REFLECT does not repeat the edge, SYMMETRIC does; no pad reaches further than x.
 */
record MirrorPad(MirrorPadMode mode) implements MoveOp {
  private static final String TYPES = "f32 i8 u8 i16 i32 i64";

  static final OpSpec SPEC =
      new OpSpec(
          BuiltinOperator.MIRROR_PAD,
          3,
          TYPES,
          o -> new MirrorPad(o.options().enumeration("mode", MirrorPadMode.class)));

  @Override
  public String name() {
    return "MIRROR_PAD";
  }

  @Override
  public void check(NodeContext node) {
    node.arity(2, 2, 1);
    Value x = node.input(0);
    node.type(x, Parameters.types(TYPES));
    Parameters.sameType(node, 0, 0);
    node.type(node.input(1), TensorType.INT32, TensorType.INT64);
    if (x.type().bytes() < 4) {
      Parameters.sameQuantization(node, x, node.output(0));
    }
    node.require(
        x.type() != TensorType.INT16 || Parameters.zeroPoint(x) == 0, x, "zero point is not 0");
  }

  private int edge() {
    return mode == MirrorPadMode.REFLECT ? 1 : 0;
  }

  @Override
  public int[][] infer(NodeContext node) {
    Value x = node.input(0);
    if (!node.input(1).constant()) {
      return new int[1][];
    }
    int[] pads = Pad.pads(node);
    for (int i = 0; i < pads.length; i++) {
      node.require(
          pads[i] == 0 || pads[i] <= x.dim(i / 2) - edge(),
          node.input(1),
          "pad " + pads[i] + " reaches further than dimension " + i / 2);
    }
    return new int[][] {Pad.paddedShape(node, x, pads)};
  }

  @Override
  public Moves moves(NodeContext node) {
    Moves moves = new Moves(node);
    int[] pads = Pad.pads(node);
    int[] dims = node.input(0).shape();
    int[] low = Pad.side(pads, 0);
    View y = moves.output(0);
    moves.copy(moves.input(0), Pad.inside(y, low, dims));
    for (int k = 0; k < dims.length; k++) {
      // axes before k are complete, those after it have nothing yet outside x
      View part = y;
      for (int i = k + 1; i < dims.length; i++) {
        part = part.slice(i, low[i], dims[i]);
      }
      int before = pads[2 * k];
      int after = pads[2 * k + 1];
      int end = before + dims[k];
      moves.copy(part.slice(k, before + edge(), before).reverse(k), part.slice(k, 0, before));
      moves.copy(part.slice(k, end - edge() - after, after).reverse(k), part.slice(k, end, after));
    }
    return moves;
  }
}

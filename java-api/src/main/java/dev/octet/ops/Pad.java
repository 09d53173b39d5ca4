// SPDX-License-Identifier: Apache-2.0
package dev.octet.ops;

import dev.octet.TensorType;
import dev.octet.graph.NodeContext;
import dev.octet.graph.Value;
import dev.octet.tflite.BuiltinOperator;
import java.util.Objects;

/**
 * x with {@code pads[k][0]} elements before and {@code pads[k][1]} after it along axis k. They are
 * the third input, or 0, which in quantized tensors is the zero point. PAD and PADV2 are one
 * operator with two names.
 */
record Pad(String name) implements MoveOp {
  private static final String TYPES = "f32 f16 bf16 i8 u8 i16 i32 i64 bool";

  static final OpSpec PAD = new OpSpec(BuiltinOperator.PAD, 4, TYPES, o -> new Pad("PAD"));
  static final OpSpec PADV2 = new OpSpec(BuiltinOperator.PADV2, 4, TYPES, o -> new Pad("PADV2"));

  @Override
  public void check(NodeContext node) {
    node.arity(2, 3, 1);
    Value x = node.input(0);
    node.type(x, Parameters.types(TYPES));
    Parameters.sameType(node, 0, 0);
    node.type(node.input(1), TensorType.INT32, TensorType.INT64, TensorType.INT8, TensorType.INT16);
    if (node.has(2)) {
      node.type(node.input(2), x.type());
      boolean quantized =
          x.type() == TensorType.UINT8
              || x.quantization() != null
                  && (x.type() == TensorType.INT8 || x.type() == TensorType.INT16);
      if (quantized) {
        Parameters.sameQuantization(node, node.output(0), node.input(2));
      }
    }
  }

  @Override
  public boolean decides(NodeContext node, int i) {
    return i == 1;
  }

  @Override
  public int[][] infer(NodeContext node) {
    Value x = node.input(0);
    if (node.has(2)) {
      node.require(node.input(2).elements() == 1, node.input(2), "is not one element");
    }
    if (!node.input(1).constant()) {
      return new int[1][];
    }
    return new int[][] {paddedShape(node, x, pads(node))};
  }

  @Override
  public int[] zerosAround(NodeContext node) {
    Value x = node.input(0);
    Value y = node.output(0);
    if (x.rank() != 4 || x.dynamic() || !node.input(1).constant() || !zeros(node)) {
      return null;
    }
    int[] pads = pads(node);
    boolean around = pads[0] == 0 && pads[1] == 0 && pads[6] == 0 && pads[7] == 0;
    boolean same = Objects.equals(x.quantization(), y.quantization());
    return around && same ? new int[] {pads[2], pads[3], pads[4], pads[5]} : null;
  }

  /** True when what the operator puts around x is a real 0. */
  private static boolean zeros(NodeContext node) {
    Value x = node.input(0);
    if (!node.has(2)) {
      return x.quantization() != null || x.type() == TensorType.FLOAT32;
    }
    Value pad = node.input(2);
    return switch (pad.constant() ? x.type() : TensorType.STRING) {
      case FLOAT32 -> pad.contents().getFloat() == 0;
      case INT8 -> x.quantization() != null && pad.contents().get() == zeroBits(x);
      case UINT8 -> x.quantization() != null && (pad.contents().get() & 255) == zeroBits(x);
      case INT16 -> x.quantization() != null && pad.contents().getShort() == zeroBits(x);
      default -> false;
    };
  }

  /** The pads of a constant input 1 of shape [rank, 2]: before, after, of each axis. */
  static int[] pads(NodeContext node) {
    Value x = node.input(0);
    Parameters.rankAtMost(node, x, 8);
    node.rank(node.input(1), 2);
    node.require(node.input(1).dim(1) == 2, node.input(1), "has not two columns");
    int[] pads = Parameters.ints(node, node.input(1), 2 * x.rank());
    for (int pad : pads) {
      node.require(pad >= 0, node.input(1), "pad " + pad + " is negative");
    }
    return pads;
  }

  /** The shape of x with those pads. */
  static int[] paddedShape(NodeContext node, Value x, int[] pads) {
    int[] shape = new int[x.rank()];
    for (int i = 0; i < shape.length; i++) {
      shape[i] =
          Parameters.dim(node, node.output(0), (long) x.dim(i) + pads[2 * i] + pads[2 * i + 1]);
    }
    return shape;
  }

  /** Every second pad: those before, or those after. */
  static int[] side(int[] pads, int side) {
    int[] result = new int[pads.length / 2];
    for (int i = 0; i < result.length; i++) {
      result[i] = pads[2 * i + side];
    }
    return result;
  }

  /** The part of a padded tensor that is not padding. */
  static View inside(View padded, int[] low, int[] shape) {
    for (int i = 0; i < low.length; i++) {
      padded = padded.slice(i, low[i], shape[i]);
    }
    return padded;
  }

  /** The bits of a real 0 as an element of this tensor. */
  static int zeroBits(Value value) {
    return switch (value.type()) {
      case INT8, UINT8, INT16 -> Parameters.zeroPoint(value);
      default -> 0;
    };
  }

  @Override
  public Moves moves(NodeContext node) {
    Moves moves = new Moves(node);
    int[] pads = pads(node);
    int[] low = side(pads, 0);
    int[] high = side(pads, 1);
    View y = moves.output(0);
    if (node.has(2)) {
      moves.fillAround(y, low, high, moves.input(2));
    } else {
      moves.fillAround(y, low, high, unquantized(node) ? 0 : zeroBits(node.output(0)));
    }
    return moves.copy(moves.input(0), inside(y, low, node.input(0).shape()));
  }

  private static boolean unquantized(NodeContext node) {
    Value x = node.input(0);
    return x.type() != TensorType.UINT8 && x.quantization() == null;
  }
}

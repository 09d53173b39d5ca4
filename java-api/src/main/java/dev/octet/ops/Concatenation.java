// SPDX-License-Identifier: Apache-2.0
package dev.octet.ops;

import dev.octet.TensorType;
import dev.octet.graph.NodeContext;
import dev.octet.graph.Value;
import dev.octet.tflite.Activation;
import dev.octet.tflite.BuiltinOperator;
import dev.octet.tflite.Table;

/**
 * The inputs one after another along an axis. All have the output's quantization, but for uint8,
 * where each is brought to it: {@code round(x * (scale / yScale) - zero * (scale / yScale)) +
 * yZero}, in float32, halves away from zero, as TensorFlow Lite's built-in kernel does. Constants
 * of rank 0 count as of rank 1.
 */
record Concatenation(int axis, Activation activation) implements MoveOp {
  private static final String TYPES = "f32 f16 bf16 i8 u8 i16 i32 u32 i64 bool";

  static final OpSpec SPEC =
      new OpSpec(BuiltinOperator.CONCATENATION, 4, TYPES, o -> of(o.options()));

  private static Concatenation of(Table options) {
    return new Concatenation(
        options.integer("axis"),
        options.enumeration("fused_activation_function", Activation.class));
  }

  @Override
  public String name() {
    return "CONCATENATION";
  }

  @Override
  public void check(NodeContext node) {
    int count = node.inputCount();
    node.require(count > 0, null, "has no inputs");
    node.arity(count, count, 1);
    node.require(
        activation == Activation.NONE,
        null,
        "fused activation " + activation + " is not supported");
    node.type(node.input(0), Parameters.types(TYPES));
    Parameters.sameType(node, 0, count - 1);
    for (int i = 0; i < count; i++) {
      if (node.input(i).type() == TensorType.INT8) {
        Parameters.sameQuantization(node, node.output(0), node.input(i));
      } else if (node.input(i).type() == TensorType.INT16) {
        node.require(
            Parameters.zeroPoint(node.input(i)) == 0, node.input(i), "zero point is not 0");
      }
    }
    if (node.input(0).type() == TensorType.INT16) {
      node.require(
          Parameters.zeroPoint(node.output(0)) == 0, node.output(0), "zero point is not 0");
    }
  }

  @Override
  public int[][] infer(NodeContext node) {
    Value first = node.input(0);
    if (first.rank() == 0) {
      for (int i = 0; i < node.inputCount(); i++) {
        node.rank(node.input(i), 0);
        node.require(node.input(i).constant(), node.input(i), "of rank 0 must be constant");
      }
      Parameters.axis(node, axis, 1);
      return new int[][] {{node.inputCount()}};
    }
    int along = Parameters.axis(node, axis, first.rank());
    Parameters.rankAtMost(node, first, 8);
    long sum = 0;
    for (int i = 0; i < node.inputCount(); i++) {
      Value x = node.input(i);
      node.rank(x, first.rank());
      for (int k = 0; k < x.rank(); k++) {
        node.require(
            k == along || x.dim(k) == first.dim(k),
            x,
            "dimension " + k + " is not that of " + first);
      }
      sum += x.dim(along);
    }
    int[] shape = first.shape().clone();
    shape[along] = Parameters.dim(node, node.output(0), sum);
    return new int[][] {shape};
  }

  @Override
  public Moves moves(NodeContext node) {
    Moves moves = new Moves(node);
    Value y = node.output(0);
    int along = Parameters.axis(node, axis, y.rank());
    int at = 0;
    for (int i = 0; i < node.inputCount(); i++) {
      View from = moves.input(i);
      if (node.input(i).rank() == 0) {
        from = from.repeat(0, 1);
      }
      int count = from.dims()[along];
      moves.copy(from, moves.output(0).slice(along, at, count), table(node.input(i), y));
      at += count;
    }
    return moves;
  }

  /** What becomes of each uint8 of an input, or null when it stays what it is. */
  private static byte[] table(Value x, Value y) {
    float scale = Parameters.scale(x);
    int zero = Parameters.zeroPoint(x);
    int yZero = Parameters.zeroPoint(y);
    if (y.type() != TensorType.UINT8 || scale == Parameters.scale(y) && zero == yZero) {
      return null;
    }
    float factor = scale * (1f / Parameters.scale(y));
    float bias = -zero * factor;
    byte[] table = new byte[256];
    for (int i = 0; i < 256; i++) {
      float real = i * factor + bias;
      double rounded = real < 0 ? Math.ceil(real - 0.5) : Math.floor(real + 0.5);
      table[i] = (byte) Math.max(0, Math.min(255, (long) rounded + yZero));
    }
    return table;
  }
}

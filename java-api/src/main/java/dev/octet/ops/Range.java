// SPDX-License-Identifier: Apache-2.0
package dev.octet.ops;

import dev.octet.TensorType;
import dev.octet.graph.NodeContext;
import dev.octet.graph.Value;
import dev.octet.program.Emitter;
import dev.octet.tflite.BuiltinOperator;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * {@code start, start + delta, start + 2 delta, ...} before {@code limit}, each from the one before
 * it, as TensorFlow Lite's built-in kernel adds. A constant, if only for the run that knows the
 * inputs.
 */
record Range() implements Op {
  private static final String TYPES = "f32 i32 i64";

  static final OpSpec SPEC = new OpSpec(BuiltinOperator.RANGE, 2, TYPES, o -> new Range());

  /** Greatest result: it is held twice while a model is compiled. */
  private static final long MOST_BYTES = 1 << 28;

  @Override
  public String name() {
    return "RANGE";
  }

  @Override
  public void check(NodeContext node) {
    node.arity(3, 3, 1);
    node.type(node.input(0), Parameters.types(TYPES));
    Parameters.sameType(node, 0, 2);
  }

  @Override
  public boolean decides(NodeContext node, int i) {
    return true;
  }

  @Override
  public int[][] infer(NodeContext node) {
    for (int i = 0; i < 3; i++) {
      node.rank(node.input(i), 0);
      if (!node.input(i).constant()) {
        return new int[1][];
      }
    }
    boolean real = node.input(0).type() == TensorType.FLOAT32;
    long size = real ? realSize(node) : integerSize(node);
    Value y = node.output(0);
    node.require(
        size <= MOST_BYTES / y.type().bytes(),
        y,
        size + " elements are over " + MOST_BYTES + " bytes");
    return new int[][] {{(int) size}};
  }

  private static float real(Value value) {
    return value.contents().getFloat();
  }

  private static long integer(Value value) {
    ByteBuffer contents = value.contents();
    return value.type() == TensorType.INT64 ? contents.getLong() : contents.getInt();
  }

  private static long realSize(NodeContext node) {
    float start = real(node.input(0));
    float limit = real(node.input(1));
    float delta = real(node.input(2));
    node.require(
        start >= limit && delta < 0 || start <= limit && delta > 0,
        node.input(2),
        delta + " does not lead from " + start + " to " + limit);
    return (long) Math.ceil(Math.abs((limit - start) / delta));
  }

  private static long integerSize(NodeContext node) {
    long start = integer(node.input(0));
    long limit = integer(node.input(1));
    long delta = integer(node.input(2));
    node.require(
        start >= limit && delta < 0 || start <= limit && delta > 0,
        node.input(2),
        delta + " does not lead from " + start + " to " + limit);
    // the difference fits 64 bits unsigned
    long length = delta > 0 ? limit - start : start - limit;
    long step = delta > 0 ? delta : -delta;
    long whole = Long.divideUnsigned(length, step);
    long size = Long.remainderUnsigned(length, step) == 0 ? whole : whole + 1;
    return size < 0 ? Long.MAX_VALUE : size;
  }

  @Override
  public ByteBuffer fold(NodeContext node) {
    Value y = node.output(0);
    ByteBuffer result = ByteBuffer.allocate((int) y.bytes()).order(ByteOrder.LITTLE_ENDIAN);
    if (y.type() == TensorType.FLOAT32) {
      float value = real(node.input(0));
      for (int i = 0; i < y.dim(0); i++, value += real(node.input(2))) {
        result.putFloat(4 * i, value);
      }
    } else {
      long value = integer(node.input(0));
      for (int i = 0; i < y.dim(0); i++, value += integer(node.input(2))) {
        if (y.type() == TensorType.INT64) {
          result.putLong(8 * i, value);
        } else {
          result.putInt(4 * i, (int) value);
        }
      }
    }
    return result;
  }

  @Override
  public void emit(NodeContext node, Emitter emitter) {
    throw new IllegalStateException("RANGE was not folded");
  }
}

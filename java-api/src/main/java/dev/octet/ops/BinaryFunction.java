// SPDX-License-Identifier: Apache-2.0
package dev.octet.ops;

import dev.octet.TensorType;
import dev.octet.graph.NodeContext;
import dev.octet.graph.Value;
import dev.octet.program.Emitter;
import dev.octet.program.InstructionBuilder;
import dev.octet.program.Kernels;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Functions of two numbers as they are stored; the ordinal is the binary kernel's code. */
public enum BinaryFunction {
  ADD,
  SUB,
  MUL,
  DIV,
  SQUARED_DIFFERENCE,
  MAXIMUM,
  MINIMUM,
  POW,
  FLOOR_DIV,
  FLOOR_MOD,
  ATAN2,
  AND,
  OR,
  XOR,
  SHIFT_RIGHT,
  SHIFT_LEFT,
  EQUAL,
  NOT_EQUAL,
  LESS,
  LESS_EQUAL,
  GREATER,
  GREATER_EQUAL,
  POW_WRAPPING;

  /** The instruction, without a clamp. */
  void emit(Emitter emitter, Value a, Value b, Value y) {
    emit(emitter, a, b, y, Float.NEGATIVE_INFINITY, Float.POSITIVE_INFINITY);
  }

  /**
   * The instruction; what ADD, SUB, MUL and DIV give is clamped to {@code [low, high]}. Integers
   * take whole finite limits only.
   */
  void emit(Emitter emitter, Value a, Value b, Value y, float low, float high) {
    InstructionBuilder instruction =
        emitter
            .instruction(Kernels.BINARY)
            .in("a", a)
            .in("b", b)
            .out("y", y)
            .i32("operation", ordinal())
            .i32("low", Math.abs(low) <= 6 ? (int) low : Integer.MIN_VALUE)
            .i32("high", Math.abs(high) <= 6 ? (int) high : Integer.MAX_VALUE)
            .f32("act_min", low)
            .f32("act_max", high);
    Broadcasting.inPlace(instruction, y, a, b);
    instruction.emit();
  }

  /**
   * The constant output of two constant inputs of type int32 or int64; null for other types, for
   * outputs that are large and larger than the inputs, and where there is no result, as when a
   * divisor is 0.
   */
  ByteBuffer fold(NodeContext node) {
    Value a = node.input(0);
    Value b = node.input(1);
    Value y = node.output(0);
    if (a.type() != TensorType.INT32 && a.type() != TensorType.INT64) {
      return null;
    }
    long greatest = Math.max(MoveOp.FOLDED_BYTES, Math.max(a.bytes(), b.bytes()));
    if (y.bytes() > greatest) {
      return null;
    }
    int elements = Math.toIntExact(y.elements());
    int size = y.type().bytes();
    ByteBuffer result = ByteBuffer.allocate(elements * size).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < elements; i++) {
      long p = element(a, Broadcasting.source(y.shape(), i, a.shape()));
      long q = element(b, Broadcasting.source(y.shape(), i, b.shape()));
      if (q == 0 && (this == DIV || this == FLOOR_DIV || this == FLOOR_MOD)) {
        return null;
      }
      Long value = of(p, q);
      if (value == null) {
        return null;
      }
      switch (size) {
        case 1 -> result.put(value.byteValue());
        case 4 -> result.putInt(value.intValue());
        default -> result.putLong(value);
      }
    }
    return result.flip();
  }

  private static long element(Value value, int i) {
    ByteBuffer contents = value.contents();
    return value.type() == TensorType.INT32 ? contents.getInt(4 * i) : contents.getLong(8 * i);
  }

  /** f(a, b), wrapping; null for a function that is not folded. */
  private Long of(long a, long b) {
    return switch (this) {
      case ADD -> a + b;
      case SUB -> a - b;
      case MUL -> a * b;
      case DIV -> a / b;
      case SQUARED_DIFFERENCE -> (a - b) * (a - b);
      case MAXIMUM -> Math.max(a, b);
      case MINIMUM -> Math.min(a, b);
      case FLOOR_DIV -> Math.floorDiv(a, b);
      case FLOOR_MOD -> Math.floorMod(a, b);
      case EQUAL -> a == b ? 1L : 0;
      case NOT_EQUAL -> a != b ? 1L : 0;
      case LESS -> a < b ? 1L : 0;
      case LESS_EQUAL -> a <= b ? 1L : 0;
      case GREATER -> a > b ? 1L : 0;
      case GREATER_EQUAL -> a >= b ? 1L : 0;
      default -> null;
    };
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.octet.ops;

import dev.octet.Quantization;
import dev.octet.TensorType;
import dev.octet.graph.NodeContext;
import dev.octet.graph.Value;
import dev.octet.program.Emitter;
import dev.octet.program.Kernels;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.IntUnaryOperator;

/**
 * Functions of quantized numbers as tables, filled with the float32 operations of TensorFlow Lite's
 * own tables in their order; transcendental functions are computed in float64 and rounded once.
 */
final class LookupTables {
  private static final int STEPS = 512;

  private LookupTables() {}

  /** A real function in float32. */
  interface Function {
    float apply(float x);
  }

  /** Emits {@code y = table(x)} of 8 bits, {@code q} giving a number of y for each of x. */
  static void emit(NodeContext node, Emitter emitter, IntUnaryOperator q) {
    emit(node, emitter, q, Integer.MIN_VALUE);
  }

  /** As {@link #emit}; a run fails that has an x less than {@code least}. */
  static void emit(NodeContext node, Emitter emitter, IntUnaryOperator q, int least) {
    Value x = node.input(0);
    Value y = node.output(0);
    int xLeast = OutputRange.least(x.type());
    int yLeast = OutputRange.least(y.type());
    ByteBuffer table = ByteBuffer.allocate(256);
    for (int i = 0; i < 256; i++) {
      table.put((byte) (q.applyAsInt(xLeast + i) - yLeast));
    }
    // uint8 to int8 of the same scale, or a RELU of what is never negative
    if (identity(table) && least == Integer.MIN_VALUE && counted(x) == counted(y)) {
      emitter.alias(y, x);
      return;
    }
    emit(node, emitter, TensorType.UINT8, key(node), table.flip(), least);
  }

  private static boolean identity(ByteBuffer table) {
    for (int i = 0; i < 256; i++) {
      if ((table.get(i) & 255) != i) {
        return false;
      }
    }
    return true;
  }

  /** True when the least number of the type is stored as 0. */
  private static boolean counted(Value value) {
    return (value.type() == TensorType.UINT8) != value.flip();
  }

  /** Emits {@code y = f(x)} of 8 bits. */
  static void emitReal(NodeContext node, Emitter emitter, Function f) {
    emit(node, emitter, quantized(node.input(0), node.output(0), f));
  }

  /** Emits {@code y = f(x)} of int16, straight between 513 points. */
  static void emitPoints(NodeContext node, Emitter emitter, Function f, int least) {
    Quantization from = node.input(0).quantization();
    Quantization to = node.output(0).quantization();
    emit(node, emitter, TensorType.INT16, key(node), points(from, to, f), least);
  }

  /** Emits {@code y = table[x + 32768]} of int16; {@code name} tells the contents. */
  static void emitEvery(NodeContext node, Emitter emitter, String name, IntUnaryOperator q) {
    ByteBuffer table = ByteBuffer.allocate(1 << 17).order(ByteOrder.LITTLE_ENDIAN);
    for (int x = Short.MIN_VALUE; x <= Short.MAX_VALUE; x++) {
      table.putShort((short) q.applyAsInt(x));
    }
    emit(node, emitter, TensorType.INT16, name, table.flip(), Integer.MIN_VALUE);
  }

  private static String key(NodeContext node) {
    return node.node().index() + " table";
  }

  private static void emit(
      NodeContext node, Emitter emitter, TensorType type, String key, ByteBuffer table, int least) {
    int[] shape = {table.remaining() / type.bytes()};
    Value x = node.input(0);
    Value y = node.output(0);
    emitter
        .instruction(Kernels.LUT)
        .in("x", x)
        .in("table", emitter.constant(key, type, shape, table))
        .out("y", y)
        .i32("least", least)
        .inPlace(y, x)
        .emit();
  }

  /** {@code round(f(scale * (x - zero)) / scale') + zero'}, clamped. */
  private static IntUnaryOperator quantized(Value x, Value y, Function f) {
    Quantization from = x.quantization();
    float inverse = 1 / y.quantization().scale();
    int zero = y.quantization().zeroPoint();
    int least = OutputRange.least(y.type());
    int greatest = OutputRange.greatest(y.type());
    return q -> {
      float real = from.scale() * (q - from.zeroPoint());
      float rescaled = round(f.apply(real) * inverse);
      return FixedPoint.clamp((int) (rescaled + zero), least, greatest);
    };
  }

  /**
   * The numbers at -32768, -32640, ..., less half of what a straight line to the next would err in
   * the middle.
   */
  private static ByteBuffer points(Quantization from, Quantization to, Function f) {
    float least = from.scale() * (Short.MIN_VALUE - from.zeroPoint());
    float greatest = from.scale() * (Short.MAX_VALUE - from.zeroPoint());
    float step = (greatest - least) / STEPS;
    float half = step / 2;
    float inverse =
        65536f
            / (to.scale() * (Short.MAX_VALUE - to.zeroPoint())
                - to.scale() * (Short.MIN_VALUE - to.zeroPoint()));
    ByteBuffer table = ByteBuffer.allocate(2 * (STEPS + 1)).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < STEPS; i++) {
      float here = round(f.apply(least + i * step) * inverse);
      float middle = round(f.apply(least + i * step + half) * inverse);
      float next = f.apply(least + (i + 1) * step) * inverse;
      float error = round((next + here) / 2) - middle;
      table.putShort(saturated(here - round(error / 2)));
    }
    return table.putShort(saturated(round(f.apply(greatest) * inverse))).flip();
  }

  private static short saturated(float x) {
    return (short) Math.max(Short.MIN_VALUE, Math.min(Short.MAX_VALUE, x));
  }

  /** The nearest integer, halves away from zero. */
  static float round(float x) {
    return (float) Math.copySign(Math.floor(Math.abs((double) x) + 0.5), x);
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.octet.ops;

import dev.octet.TensorType;
import dev.octet.graph.NodeContext;
import dev.octet.graph.Value;
import dev.octet.program.Emitter;
import dev.octet.program.InstructionBuilder;
import dev.octet.program.Kernels;
import dev.octet.tflite.BuiltinOperator;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.DoubleUnaryOperator;

/**
 * Over the last axis, SOFTMAX {@code y = exp(beta * x) / sum exp(beta * x)} and LOG_SOFTMAX {@code
 * y = x - log(sum exp(x))}.
 *
 * <p>SOFTMAX: float32, int8 (output scale 1/256, zero point -128), uint8 (zero point 0), int16
 * (output scale 1/32768, zero points 0), and int8 or uint8 with int16 output of any scale.
 * LOG_SOFTMAX: float32, int8 and uint8 (output scale 1/16, zero point the greatest number).
 * Exponentials of 8 bits come from a table of float32; those of int16, and the reciprocal of their
 * sum, from tables of 513 int16 with straight lines between.
 */
record Softmax(boolean log, float beta) implements Op {
  static final OpSpec SPEC =
      new OpSpec(
          BuiltinOperator.SOFTMAX,
          4,
          "f32 i8 u8 i16",
          o -> new Softmax(false, o.options().float_("beta")));
  static final OpSpec LOG =
      new OpSpec(BuiltinOperator.LOG_SOFTMAX, 2, "f32 i8 u8", o -> new Softmax(true, 1));

  private static final int STEPS = 512;

  /** Beyond, sums of int16 exponentials leave int32. */
  private static final int LONGEST_INT16_ROW = 65535;

  @Override
  public String name() {
    return log ? "LOG_SOFTMAX" : "SOFTMAX";
  }

  @Override
  public void check(NodeContext node) {
    node.arity(1, 1, 1);
    Value x = node.input(0);
    Value y = node.output(0);
    if (log) {
      node.type(x, TensorType.FLOAT32, TensorType.INT8, TensorType.UINT8);
    } else {
      node.type(x, TensorType.FLOAT32, TensorType.INT8, TensorType.UINT8, TensorType.INT16);
    }
    boolean byteToInt16 = !log && x.type().bytes() == 1 && y.type() == TensorType.INT16;
    if (!byteToInt16) {
      node.type(y, x.type());
    }
    if (x.type() == TensorType.FLOAT32) {
      return;
    }
    node.perTensor(x);
    node.perTensor(y);
    if (log) {
      node.require(
          y.quantization().zeroPoint() == OutputRange.greatest(y.type()),
          y,
          "zero point is not " + OutputRange.greatest(y.type()));
      node.require(y.quantization().scale() == 1f / 16, y, "scale is not 1/16");
    } else if (!byteToInt16) {
      checkShare(node, x, y);
    }
  }

  private static void checkShare(NodeContext node, Value x, Value y) {
    int zero = x.type() == TensorType.INT8 ? Byte.MIN_VALUE : 0;
    node.require(y.quantization().zeroPoint() == zero, y, "zero point is not " + zero);
    int steps = x.type() == TensorType.INT16 ? 32768 : 256;
    node.require(
        x.type() == TensorType.UINT8 || Math.abs(y.quantization().scale() * steps - 1) <= 0.001f,
        y,
        "scale is not 1/" + steps);
    node.require(
        x.type() != TensorType.INT16 || x.quantization().zeroPoint() == 0,
        x,
        "zero point is not 0");
  }

  @Override
  public int[][] infer(NodeContext node) {
    Value x = node.input(0);
    Axes.rank(node, x, x.rank());
    node.require(x.rank() >= 1, x, "is a scalar");
    node.require(
        x.type() != TensorType.INT16 || x.dim(x.rank() - 1) <= LONGEST_INT16_ROW,
        x,
        "has rows of more than " + LONGEST_INT16_ROW + " elements");
    return new int[][] {x.shape()};
  }

  @Override
  public void emit(NodeContext node, Emitter emitter) {
    Value x = node.input(0);
    Value y = node.output(0);
    InstructionBuilder instruction =
        emitter
            .instruction(Kernels.SOFTMAX)
            .in("x", x)
            .out("y", y)
            .i32("operation", log ? 1 : 0)
            .f32("beta", beta);
    boolean quantized = x.type() != TensorType.FLOAT32;
    Multipliers factor = Multipliers.of(1);
    if (!quantized) {
      instruction.in("table", (Value) null);
    } else if (x.type() == TensorType.INT16) {
      // differences in steps of 10 / 65535
      factor = Multipliers.of(x.quantization().scale() * beta / (10.0 / 65535));
      instruction.in(
          "table",
          emitter.constant(
              "exponential and reciprocal",
              TensorType.INT16,
              new int[] {2 * (STEPS + 1)},
              points()));
    } else {
      instruction.in(
          "table",
          emitter.constant(
              node.node().index() + " exponentials",
              TensorType.FLOAT32,
              new int[] {256},
              table(x.quantization().scale())));
    }
    instruction
        .f32("x_scale", quantized ? x.quantization().scale() : 0)
        .f32("y_scale", quantized ? y.quantization().scale() : 0)
        .i32("y_zero", quantized ? y.quantization().zeroPoint() : 0)
        .i32("multiplier", factor.multiplier()[0])
        .i32("shift", factor.shift()[0]);
    if (x.type() == y.type()) {
      instruction.inPlace(y, x);
    }
    instruction.emit();
  }

  /** Entry {@code 255 - d} is {@code exp(-d * beta * scale)}, products rounded to float32. */
  private ByteBuffer table(float scale) {
    float factor = -scale * beta;
    ByteBuffer table = ByteBuffer.allocate(4 * 256).order(ByteOrder.LITTLE_ENDIAN);
    for (int d = 255; d >= 0; d--) {
      table.putFloat((float) StrictMath.exp(factor * d));
    }
    return table.flip();
  }

  /** exp on [-10, 0], then 1 / (1 + v) on [0, 1], in 2^-15. */
  private static ByteBuffer points() {
    ByteBuffer table = ByteBuffer.allocate(4 * (STEPS + 1)).order(ByteOrder.LITTLE_ENDIAN);
    points(table, 10.0 / 65535, Short.MAX_VALUE, StrictMath::exp);
    points(table, 1.0 / 65535, Short.MIN_VALUE, v -> 1 / (1 + v));
    return table.flip();
  }

  /**
   * The function's values at 513 places, less half of what a straight line to the next would err in
   * the middle, in float64 and TensorFlow Lite's order.
   */
  private static void points(ByteBuffer table, double scale, int zero, DoubleUnaryOperator f) {
    double least = scale * (Short.MIN_VALUE - zero);
    double greatest = scale * (Short.MAX_VALUE - zero);
    double step = (greatest - least) / STEPS;
    double half = step / 2;
    double unit = 2.0 / 65535;
    double inverse = 65536 / (unit * Short.MAX_VALUE - unit * Short.MIN_VALUE);
    for (int i = 0; i < STEPS; i++) {
      double here = round(f.applyAsDouble(least + i * step) * inverse);
      double middle = round(f.applyAsDouble(least + i * step + half) * inverse);
      double next = f.applyAsDouble(least + (i + 1) * step) * inverse;
      double error = round((next + here) / 2) - middle;
      table.putShort(saturated(here - round(error / 2)));
    }
    table.putShort(saturated(round(f.applyAsDouble(greatest) * inverse)));
  }

  private static short saturated(double x) {
    return (short) Math.max(Short.MIN_VALUE, Math.min(Short.MAX_VALUE, x));
  }

  /** The nearest integer, halves away from zero. */
  private static double round(double x) {
    return Math.copySign(Math.floor(Math.abs(x) + 0.5), x);
  }

  @Override
  public boolean acceptsFlip() {
    return true;
  }
}

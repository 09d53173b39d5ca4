// SPDX-License-Identifier: Apache-2.0
package dev.octet.ops;

import dev.octet.Numerics;
import dev.octet.TensorType;
import dev.octet.graph.NodeContext;
import dev.octet.graph.Value;
import dev.octet.program.Emitter;
import dev.octet.program.InstructionBuilder;
import dev.octet.program.Kernels;
import dev.octet.tflite.Activation;
import dev.octet.tflite.BuiltinOperator;
import dev.octet.tflite.TfliteOperator;
import java.nio.ByteBuffer;

/**
 * {@code y = f(a + b)} and {@code y = f(a - b)} with broadcasting; float32, quantized int8, uint8
 * and int16, plain int32, int64 and (ADD) int16, all of one type; plain integers wrap.
 *
 * <p>EXACT brings quantized inputs to half the larger scale in fixed point with 20 more bits
 * (int16: 15), adds them, and brings the sum to the output's scale, as TensorFlow Lite's built-in
 * kernel does; FAST multiplies 8-bit inputs by their factors to the output's scale in 21 bits,
 * adds, and shifts once, as its default delegate does. Where a file says so of int16 and the three
 * scales are powers of two, inputs are shifted to the output's scale instead, rounded half away
 * from zero.
 *
 * @param powersOfTwo the option {@code pot_scale_int16}
 */
record Add(boolean subtract, Activation activation, boolean powersOfTwo) implements Op {
  private static final String TYPES = "f32 i8 u8 i16 i32 i64";

  static final OpSpec ADD = new OpSpec(BuiltinOperator.ADD, 5, TYPES, o -> read(o, false));
  static final OpSpec SUB = new OpSpec(BuiltinOperator.SUB, 5, TYPES, o -> read(o, true));

  private static Add read(TfliteOperator operator, boolean subtract) {
    return new Add(
        subtract,
        operator.options().enumeration("fused_activation_function", Activation.class),
        operator.options().bool("pot_scale_int16"));
  }

  @Override
  public String name() {
    return subtract ? "SUB" : "ADD";
  }

  private static boolean quantized(Value a) {
    return switch (a.type()) {
      case INT8, UINT8 -> true;
      case INT16 -> a.quantization() != null;
      default -> false;
    };
  }

  @Override
  public void check(NodeContext node) {
    node.arity(2, 2, 1);
    OutputRange.check(node, activation);
    Value a = node.input(0);
    Value b = node.input(1);
    Value y = node.output(0);
    node.type(
        a,
        TensorType.FLOAT32,
        TensorType.INT8,
        TensorType.UINT8,
        TensorType.INT16,
        TensorType.INT32,
        TensorType.INT64);
    node.type(b, a.type());
    node.type(y, a.type());
    if (a.type() == TensorType.INT16 && (subtract || quantized(a))) {
      for (Value value : new Value[] {a, b, y}) {
        node.perTensor(value);
        node.require(value.quantization().zeroPoint() == 0, value, "has a zero point but 0");
      }
    }
    if (quantized(a)) {
      node.perTensor(a);
      node.perTensor(b);
      node.perTensor(y);
      if (shifted(a, b, y)) {
        int first = exponent(a) - exponent(y);
        int second = exponent(b) - exponent(y);
        node.require(
            Math.max(first, second) == 0,
            y,
            "has neither the larger scale of the inputs, all powers of two");
      } else {
        double factor = outputFactor(a, b, y);
        node.require(
            factor < 1 && Multipliers.of(factor).shift()[0] <= 0,
            y,
            "scale is too small beside those of the inputs");
      }
    }
  }

  @Override
  public int[][] infer(NodeContext node) {
    return new int[][] {Broadcasting.shape(node, node.input(0), node.input(1))};
  }

  /** The binary logarithm of a scale as TensorFlow Lite computes it. */
  private static float logarithm(Value value) {
    return (float) StrictMath.log(value.quantization().scale()) * (1f / (float) StrictMath.log(2));
  }

  private static int exponent(Value value) {
    return Math.round(logarithm(value));
  }

  /** True when int16 inputs are brought to the output's scale by shifts alone. */
  private boolean shifted(Value... values) {
    boolean all = powersOfTwo && values[0].type() == TensorType.INT16;
    for (Value value : values) {
      all = all && Math.abs(logarithm(value) - exponent(value)) < 1e-3f;
    }
    return all;
  }

  /**
   * Bits that inputs are raised by before they are scaled: 255 * 2^20 and 2^15 * 2^15 fit int32.
   */
  private static int leftShift(Value a) {
    return a.type() == TensorType.INT16 ? 15 : 20;
  }

  private static float twiceMaxScale(Value a, Value b) {
    return 2 * Math.max(a.quantization().scale(), b.quantization().scale());
  }

  private static double outputFactor(Value a, Value b, Value y) {
    return (double) twiceMaxScale(a, b) / ((1 << leftShift(a)) * y.quantization().scale());
  }

  /**
   * The factors that the default delegate takes; beside them it leaves it to the built-in kernel.
   */
  private static boolean delegated(float factor) {
    return factor >= 0x1p-10f && factor < 0x1p8f;
  }

  /** Factors of at most 21 bits: {@code factor * 2^shift}, the larger in [2^20, 2^21]. */
  private void oneShift(InstructionBuilder instruction, float factorA, float factorB) {
    int shift = 20 - Math.getExponent(Math.max(factorA, factorB));
    int multiplierB = (int) Math.rint(Math.scalb((double) factorB, shift));
    instruction
        .i32("form", Form.FLOAT.ordinal())
        .i32("left_shift", 0)
        .i32("a_multiplier", (int) Math.rint(Math.scalb((double) factorA, shift)))
        .i32("a_shift", 0)
        .i32("b_multiplier", subtract ? -multiplierB : multiplierB)
        .i32("b_shift", 0)
        .i32("y_multiplier", 0)
        .i32("y_shift", -shift);
  }

  private static void threeShifts(InstructionBuilder instruction, Value a, Value b, Value y) {
    double twiceMax = twiceMaxScale(a, b);
    Multipliers factors =
        Multipliers.of(
            a.quantization().scale() / twiceMax,
            b.quantization().scale() / twiceMax,
            outputFactor(a, b, y));
    instruction
        .i32("form", Form.HALF_AWAY.ordinal())
        .i32("left_shift", leftShift(a))
        .i32("a_multiplier", factors.multiplier()[0])
        .i32("a_shift", factors.shift()[0])
        .i32("b_multiplier", factors.multiplier()[1])
        .i32("b_shift", factors.shift()[1])
        .i32("y_multiplier", factors.multiplier()[2])
        .i32("y_shift", factors.shift()[2]);
  }

  /**
   * The same instruction where only shifts are wanted: {@code x * 2^15 * 2^30 / 2^31} is exact, so
   * that one rounding is left, and a product with 1 - 2^-31 changes no sum of 17 bits.
   */
  private static void shifts(InstructionBuilder instruction, Value a, Value b, Value y) {
    instruction
        .i32("form", Form.HALF_AWAY.ordinal())
        .i32("left_shift", 15)
        .i32("a_multiplier", 1 << 30)
        .i32("a_shift", Math.max(-31, exponent(a) - exponent(y) - 14))
        .i32("b_multiplier", 1 << 30)
        .i32("b_shift", Math.max(-31, exponent(b) - exponent(y) - 14))
        .i32("y_multiplier", Integer.MAX_VALUE)
        .i32("y_shift", 0);
  }

  @Override
  public void emit(NodeContext node, Emitter emitter) {
    Value a = node.input(0);
    Value b = node.input(1);
    Value y = node.output(0);
    OutputRange range = OutputRange.of(activation);
    if (!quantized(a)) {
      BinaryFunction function = subtract ? BinaryFunction.SUB : BinaryFunction.ADD;
      OutputRange finite = range.finite(emitter.numerics());
      function.emit(emitter, a, b, y, finite.low(), finite.high());
      return;
    }
    InstructionBuilder instruction =
        emitter
            .instruction(Kernels.ADD)
            .in("a", a)
            .in("b", b)
            .out("y", y)
            .i32("operation", subtract ? 1 : 0)
            .i32("a_zero", a.quantization().zeroPoint())
            .i32("b_zero", b.quantization().zeroPoint())
            .i32("y_zero", y.quantization().zeroPoint())
            .i32("y_min", range.min(y))
            .i32("y_max", range.max(y));
    float factorA = a.quantization().scale() / y.quantization().scale();
    float factorB = b.quantization().scale() / y.quantization().scale();
    boolean fast = emitter.numerics() == Numerics.FAST && a.type() != TensorType.INT16;
    if (shifted(a, b, y)) {
      shifts(instruction, a, b, y);
    } else if (fast && delegated(factorA) && delegated(factorB)) {
      oneShift(instruction, factorA, factorB);
    } else {
      threeShifts(instruction, a, b, y);
    }
    Broadcasting.inPlace(instruction, y, a, b);
    instruction.emit();
  }

  @Override
  public ByteBuffer fold(NodeContext node) {
    return activation == Activation.NONE
        ? (subtract ? BinaryFunction.SUB : BinaryFunction.ADD).fold(node)
        : null;
  }

  @Override
  public boolean pointwise(NodeContext node) {
    return true;
  }

  @Override
  public boolean acceptsFlip() {
    return true;
  }
}

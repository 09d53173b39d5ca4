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
import java.util.Arrays;
import java.util.List;

/**
 * {@code y = f(a + b)} with broadcasting; float32, int8 and uint8, all of one type. EXACT brings
 * quantized inputs to half the larger scale in fixed point, adds them, and brings the sum to the
 * output's scale, as TensorFlow Lite's built-in kernel does; FAST multiplies each by its factor to
 * the output's scale in 21 bits, adds, and shifts once, as its default delegate does.
 */
record Add(Activation activation) implements Op {
  static final OpSpec SPEC =
      new OpSpec(
          BuiltinOperator.ADD,
          5,
          "f32 i8 u8",
          o -> new Add(o.options().enumeration("fused_activation_function", Activation.class)));

  /** Bits that inputs are raised by before they are scaled: 255 * 2^20 fits int32. */
  private static final int LEFT_SHIFT = 20;

  private static final List<String> QUANTIZED_FIELDS =
      List.of(
          "left_shift",
          "a_zero",
          "a_multiplier",
          "a_shift",
          "b_zero",
          "b_multiplier",
          "b_shift",
          "y_zero",
          "y_multiplier",
          "y_shift",
          "y_min",
          "y_max",
          "form");

  @Override
  public String name() {
    return "ADD";
  }

  @Override
  public void check(NodeContext node) {
    node.arity(2, 2, 1);
    OutputRange.check(node, activation);
    Value a = node.input(0);
    Value b = node.input(1);
    Value y = node.output(0);
    node.type(a, TensorType.FLOAT32, TensorType.INT8, TensorType.UINT8);
    node.type(b, a.type());
    node.type(y, a.type());
    if (a.type() != TensorType.FLOAT32) {
      node.perTensor(a);
      node.perTensor(b);
      node.perTensor(y);
      node.require(outputFactor(a, b, y) < 1, y, "scale is too small beside those of the inputs");
    }
  }

  @Override
  public int[][] infer(NodeContext node) {
    return new int[][] {Broadcasting.shape(node, node.input(0), node.input(1))};
  }

  private static float twiceMaxScale(Value a, Value b) {
    return 2 * Math.max(a.quantization().scale(), b.quantization().scale());
  }

  private static double outputFactor(Value a, Value b, Value y) {
    return (double) twiceMaxScale(a, b) / ((1 << LEFT_SHIFT) * y.quantization().scale());
  }

  /**
   * The factors that the default delegate takes; beside them it leaves ADD to the built-in kernel.
   */
  private static boolean delegated(float factor) {
    return factor >= 0x1p-10f && factor < 0x1p8f;
  }

  /** Factors of at most 21 bits: {@code factor * 2^shift}, the larger in [2^20, 2^21]. */
  private static void oneShift(InstructionBuilder instruction, float factorA, float factorB) {
    int shift = 20 - Math.getExponent(Math.max(factorA, factorB));
    instruction
        .i32("form", Form.FLOAT.ordinal())
        .i32("left_shift", 0)
        .i32("a_multiplier", (int) Math.rint(Math.scalb((double) factorA, shift)))
        .i32("a_shift", 0)
        .i32("b_multiplier", (int) Math.rint(Math.scalb((double) factorB, shift)))
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
        .i32("left_shift", LEFT_SHIFT)
        .i32("a_multiplier", factors.multiplier()[0])
        .i32("a_shift", factors.shift()[0])
        .i32("b_multiplier", factors.multiplier()[1])
        .i32("b_shift", factors.shift()[1])
        .i32("y_multiplier", factors.multiplier()[2])
        .i32("y_shift", factors.shift()[2]);
  }

  @Override
  public void emit(NodeContext node, Emitter emitter) {
    Value a = node.input(0);
    Value b = node.input(1);
    Value y = node.output(0);
    OutputRange range = OutputRange.of(activation);
    InstructionBuilder instruction =
        emitter
            .instruction(Kernels.ADD)
            .in("a", a)
            .in("b", b)
            .out("y", y)
            .f32("act_min", range.low())
            .f32("act_max", range.high());
    if (a.type() == TensorType.FLOAT32) {
      for (String field : QUANTIZED_FIELDS) {
        instruction.i32(field, 0);
      }
    } else {
      instruction
          .i32("a_zero", a.quantization().zeroPoint())
          .i32("b_zero", b.quantization().zeroPoint())
          .i32("y_zero", y.quantization().zeroPoint())
          .i32("y_min", range.min(y))
          .i32("y_max", range.max(y));
      float factorA = a.quantization().scale() / y.quantization().scale();
      float factorB = b.quantization().scale() / y.quantization().scale();
      if (emitter.numerics() == Numerics.FAST && delegated(factorA) && delegated(factorB)) {
        oneShift(instruction, factorA, factorB);
      } else {
        threeShifts(instruction, a, b, y);
      }
    }
    for (Value input : new Value[] {a, b}) {
      if (Arrays.equals(input.shape(), y.shape())) {
        instruction.inPlace(y, input);
      }
    }
    instruction.emit();
  }

  @Override
  public boolean acceptsFlip() {
    return true;
  }
}

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
import java.nio.ByteBuffer;

/**
 * {@code y = f(a * b)} with broadcasting; float32, complex64 (no activation), quantized int8, uint8
 * and int16, plain int16, int32, uint32 and int64, all of one type; plain integers wrap.
 *
 * <p>EXACT scales quantized products in fixed point, HALF_AWAY, as TensorFlow Lite's built-in
 * kernel does; FAST those of 8 bits in float32, as its default delegate does. An output of two
 * int16 values may be int8 or uint8 where the shapes are equal: then inputs are fractions of 2^15
 * and the output is one of 2^7, whatever their scales.
 */
record Mul(Activation activation) implements Op {
  static final OpSpec SPEC =
      new OpSpec(
          BuiltinOperator.MUL,
          7,
          "f32 i8 u8 i16 i32 u32 i64 c64",
          o -> new Mul(o.options().enumeration("fused_activation_function", Activation.class)));

  @Override
  public String name() {
    return "MUL";
  }

  private static boolean bytes(Value value) {
    return value.type() == TensorType.INT8 || value.type() == TensorType.UINT8;
  }

  private static boolean quantized(Value y) {
    return bytes(y) || (y.type() == TensorType.INT16 && y.quantization() != null);
  }

  private static boolean narrows(Value a, Value y) {
    return a.type() == TensorType.INT16 && bytes(y);
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
        TensorType.UINT32,
        TensorType.INT64,
        TensorType.COMPLEX64);
    node.type(b, a.type());
    if (a.type() == TensorType.INT16) {
      node.type(y, TensorType.INT16, TensorType.INT8, TensorType.UINT8);
    } else {
      node.type(y, a.type());
    }
    node.require(
        a.type() != TensorType.COMPLEX64 || activation == Activation.NONE,
        y,
        "fused activation " + activation + " of complex numbers");
    if (!quantized(y)) {
      return;
    }
    for (Value value : new Value[] {a, b, y}) {
      node.perTensor(value);
      node.require(
          value.type() != TensorType.INT16 || value.quantization().zeroPoint() == 0,
          value,
          "has a zero point but 0");
    }
  }

  @Override
  public int[][] infer(NodeContext node) {
    Value a = node.input(0);
    Value b = node.input(1);
    int[] shape = Broadcasting.shape(node, a, b);
    node.require(
        !narrows(a, node.output(0)) || a.elements() == b.elements(),
        b,
        "an 8-bit product of int16 values is not broadcast");
    return new int[][] {shape};
  }

  @Override
  public void emit(NodeContext node, Emitter emitter) {
    Value a = node.input(0);
    Value b = node.input(1);
    Value y = node.output(0);
    OutputRange range = OutputRange.of(activation);
    if (!quantized(y)) {
      OutputRange finite = range.finite(emitter.numerics());
      BinaryFunction.MUL.emit(emitter, a, b, y, finite.low(), finite.high());
      return;
    }
    // in float32 and in this order, as TensorFlow Lite does
    float factor = a.quantization().scale() * b.quantization().scale() / y.quantization().scale();
    Multipliers fixed = Multipliers.of((double) factor);
    // the factors that the default delegate takes
    boolean delegated = factor >= 0x1p-16f && factor < 0x1p8f && bytes(a);
    Form form = emitter.numerics() == Numerics.FAST && delegated ? Form.FLOAT : Form.HALF_AWAY;
    InstructionBuilder instruction =
        emitter
            .instruction(Kernels.MUL)
            .in("a", a)
            .in("b", b)
            .out("y", y)
            .i32("a_zero", bytes(a) ? a.quantization().zeroPoint() : 0)
            .i32("b_zero", bytes(b) ? b.quantization().zeroPoint() : 0)
            .i32("y_zero", y.quantization().zeroPoint())
            .i32("multiplier", fixed.multiplier()[0])
            .i32("shift", fixed.shift()[0])
            .f32("scale", Float.isFinite(factor) ? factor : Float.MAX_VALUE)
            .i32("y_min", range.min(y))
            .i32("y_max", range.max(y))
            .i32("form", form.ordinal());
    Broadcasting.inPlace(instruction, y, a, b);
    instruction.emit();
  }

  @Override
  public ByteBuffer fold(NodeContext node) {
    return activation == Activation.NONE ? BinaryFunction.MUL.fold(node) : null;
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

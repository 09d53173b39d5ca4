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

/**
 * {@code y = exp(beta * x) / sum exp(beta * x)} over the last axis; float32, int8 (output scale
 * 1/256, zero point -128) or uint8 (zero point 0). Quantized exponentials come from a table of
 * float32.
 */
record Softmax(float beta) implements Op {
  static final OpSpec SPEC =
      new OpSpec(
          BuiltinOperator.SOFTMAX, 3, "f32 i8 u8", o -> new Softmax(o.options().float_("beta")));

  @Override
  public String name() {
    return "SOFTMAX";
  }

  @Override
  public void check(NodeContext node) {
    node.arity(1, 1, 1);
    Value x = node.input(0);
    Value y = node.output(0);
    node.type(x, TensorType.FLOAT32, TensorType.INT8, TensorType.UINT8);
    node.type(y, x.type());
    if (x.type() == TensorType.FLOAT32) {
      return;
    }
    node.perTensor(x);
    node.perTensor(y);
    boolean signed = x.type() == TensorType.INT8;
    int zero = signed ? Byte.MIN_VALUE : 0;
    node.require(y.quantization().zeroPoint() == zero, y, "zero point is not " + zero);
    node.require(
        !signed || Math.abs(y.quantization().scale() * 256 - 1) <= 0.001f, y, "scale is not 1/256");
  }

  @Override
  public int[][] infer(NodeContext node) {
    Value x = node.input(0);
    node.require(x.rank() >= 1, x, "is a scalar");
    return new int[][] {x.shape()};
  }

  @Override
  public void emit(NodeContext node, Emitter emitter) {
    Value x = node.input(0);
    Value y = node.output(0);
    InstructionBuilder instruction =
        emitter.instruction(Kernels.SOFTMAX).in("x", x).out("y", y).f32("beta", beta);
    if (x.type() == TensorType.FLOAT32) {
      instruction.in("table", (Value) null).f32("y_scale", 0).i32("y_zero", 0);
    } else {
      instruction
          .in(
              "table",
              emitter.constant(
                  node.node().index() + " exponentials",
                  TensorType.FLOAT32,
                  new int[] {256},
                  table(x.quantization().scale())))
          .f32("y_scale", y.quantization().scale())
          .i32("y_zero", y.quantization().zeroPoint());
    }
    instruction.inPlace(y, x).emit();
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

  @Override
  public boolean acceptsFlip() {
    return true;
  }
}

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
 * {@code y = softmax(beta * x)} over the last axis. Types float32; int8 and uint8, whose exponentials
 * come from a table of 256 entries.
 */
record Softmax(float beta) implements Op {
  static final OpSpec SPEC =
      new OpSpec(BuiltinOperator.SOFTMAX, 3, o -> new Softmax(o.options().float_("beta")));

  @Override
  public String name() {
    return "SOFTMAX";
  }

  @Override
  public void check(NodeContext node) {
    node.arity(1, 1, 1);
    Value x = node.input(0);
    node.type(x, TensorType.FLOAT32, TensorType.INT8, TensorType.UINT8);
    node.type(node.output(0), x.type());
    node.require(Float.isFinite(beta), null, "beta is " + beta);
    if (x.type() != TensorType.FLOAT32) {
      node.perTensor(x);
      node.perTensor(node.output(0));
      node.require(beta >= 0, null, "beta " + beta + " is negative");
    }
  }

  @Override
  public int[][] infer(NodeContext node) {
    node.require(node.input(0).rank() >= 1, node.input(0), "is a scalar");
    return new int[][] {node.input(0).shape()};
  }

  @Override
  public void emit(NodeContext node, Emitter emitter) {
    Value x = node.input(0);
    Value y = node.output(0);
    boolean quantized = x.type() != TensorType.FLOAT32;
    InstructionBuilder instruction = emitter.instruction(Kernels.SOFTMAX);
    if (quantized) {
      instruction.in(
          "table",
          emitter.constant(
              "softmax " + node.node().index(),
              TensorType.FLOAT32,
              new int[] {256},
              table(x.quantization().scale(), beta)));
    } else {
      instruction.in("table", (Value) null);
    }
    instruction
        .in("x", x)
        .out("y", y)
        .inPlace(y, x)
        .f32("beta", beta)
        .f32("y_scale", quantized ? y.quantization().scale() : 1)
        .i32("y_zero", quantized ? y.quantization().zeroPoint() : 0)
        .emit();
  }

  /** {@code table[255 - d] = exp(-scale * beta * d)}, the exponent computed in float32. */
  private static ByteBuffer table(float scale, float beta) {
    ByteBuffer table = ByteBuffer.allocate(4 * 256).order(ByteOrder.LITTLE_ENDIAN);
    float factor = -scale * beta;
    for (int d = 0; d < 256; d++) {
      table.putFloat(4 * (255 - d), (float) StrictMath.exp(factor * d));
    }
    return table;
  }

  @Override
  public boolean acceptsFlip() {
    return true;
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.octet.ops;

import dev.octet.TensorType;
import dev.octet.graph.NodeContext;
import dev.octet.graph.Value;
import dev.octet.program.Emitter;
import dev.octet.program.Kernels;
import dev.octet.tflite.Activation;
import dev.octet.tflite.BuiltinOperator;

/**
 * {@code y = x / sqrt(sum x^2)} over the last axis, the root at least 1e-6; float32, int8 (output
 * scale 1/128, zero point 0) and uint8 (zero point 128), the latter by an inverse root in fixed
 * point.
 */
record L2Normalization(Activation activation) implements Op {
  static final OpSpec SPEC =
      new OpSpec(
          BuiltinOperator.L2_NORMALIZATION,
          2,
          "f32 i8 u8",
          o ->
              new L2Normalization(
                  o.options().enumeration("fused_activation_function", Activation.class)));

  @Override
  public String name() {
    return "L2_NORMALIZATION";
  }

  @Override
  public void check(NodeContext node) {
    node.arity(1, 1, 1);
    Value x = node.input(0);
    Value y = node.output(0);
    node.type(x, TensorType.FLOAT32, TensorType.INT8, TensorType.UINT8);
    node.type(y, x.type());
    node.require(activation == Activation.NONE, null, "has a fused activation");
    if (x.type() != TensorType.FLOAT32) {
      node.perTensor(x);
      node.perTensor(y);
      int zero = x.type() == TensorType.INT8 ? 0 : 128;
      node.require(y.quantization().zeroPoint() == zero, y, "zero point is not " + zero);
      node.require(y.quantization().scale() == 1f / 128, y, "scale is not 1/128");
    }
  }

  @Override
  public int[][] infer(NodeContext node) {
    Value x = node.input(0);
    Axes.rank(node, x, x.rank());
    node.require(x.rank() >= 1, x, "is a scalar");
    return new int[][] {x.shape()};
  }

  @Override
  public void emit(NodeContext node, Emitter emitter) {
    Value x = node.input(0);
    Value y = node.output(0);
    emitter
        .instruction(Kernels.L2_NORMALIZATION)
        .in("x", x)
        .out("y", y)
        .i32("x_zero", x.type() == TensorType.FLOAT32 ? 0 : x.quantization().zeroPoint())
        .inPlace(y, x)
        .emit();
  }

  @Override
  public boolean acceptsFlip() {
    return true;
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.octet.ops;

import dev.octet.TensorType;
import dev.octet.graph.NodeContext;
import dev.octet.graph.Value;
import dev.octet.program.Emitter;
import dev.octet.tflite.BuiltinOperator;

/**
 * {@code y = x} where x is positive, else {@code alpha * x}. Quantized: {@code y =
 * clamp(half_away((x - xz) * f) + yz)} with {@code f = xs / ys}, below xz {@code xs * alpha / ys},
 * both in float32; 8 bits by table. int16 needs zero points of 0.
 */
record LeakyRelu(float alpha) implements Op {
  static final OpSpec SPEC =
      new OpSpec(
          BuiltinOperator.LEAKY_RELU,
          2,
          "f32 i8 u8 i16",
          o -> new LeakyRelu(o.options().float_("alpha")));

  @Override
  public String name() {
    return "LEAKY_RELU";
  }

  @Override
  public void check(NodeContext node) {
    Relu.checkTypes(node, TensorType.FLOAT32, TensorType.INT8, TensorType.UINT8, TensorType.INT16);
    node.require(Float.isFinite(alpha), null, "alpha " + alpha + " is not finite");
  }

  @Override
  public int[][] infer(NodeContext node) {
    return new int[][] {node.input(0).shape()};
  }

  @Override
  public void emit(NodeContext node, Emitter emitter) {
    Value x = node.input(0);
    Value y = node.output(0);
    if (x.type() == TensorType.FLOAT32) {
      Unary.emit(node, emitter, UnaryFunction.LEAKY_RELU, alpha, 0, 0);
      return;
    }
    float from = x.quantization().scale();
    float to = y.quantization().scale();
    Relu.emit(
        node,
        emitter,
        Rescale16.Factor.of(from / to),
        Rescale16.Factor.of(from * alpha / to),
        OutputRange.least(y.type()),
        OutputRange.greatest(y.type()));
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

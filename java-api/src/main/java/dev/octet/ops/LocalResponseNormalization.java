// SPDX-License-Identifier: Apache-2.0
package dev.octet.ops;

import dev.octet.TensorType;
import dev.octet.graph.NodeContext;
import dev.octet.graph.Value;
import dev.octet.program.Emitter;
import dev.octet.program.Kernels;
import dev.octet.tflite.BuiltinOperator;

/**
 * {@code y[n,h,w,c] = x[n,h,w,c] * (bias + alpha * sum over |i - c| <= radius of
 * x[n,h,w,i]^2)^-beta} in float32.
 */
record LocalResponseNormalization(int radius, float bias, float alpha, float beta) implements Op {
  static final OpSpec SPEC =
      new OpSpec(
          BuiltinOperator.LOCAL_RESPONSE_NORMALIZATION,
          1,
          "f32",
          o ->
              new LocalResponseNormalization(
                  o.options().integer("radius"),
                  o.options().float_("bias"),
                  o.options().float_("alpha"),
                  o.options().float_("beta")));

  @Override
  public String name() {
    return "LOCAL_RESPONSE_NORMALIZATION";
  }

  @Override
  public void check(NodeContext node) {
    node.arity(1, 1, 1);
    node.type(node.input(0), TensorType.FLOAT32);
    node.type(node.output(0), TensorType.FLOAT32);
    node.require(radius >= 0, null, "the radius " + radius + " is negative");
  }

  @Override
  public int[][] infer(NodeContext node) {
    Value x = node.input(0);
    node.rank(x, 4);
    return new int[][] {x.shape()};
  }

  @Override
  public void emit(NodeContext node, Emitter emitter) {
    emitter
        .instruction(Kernels.LOCAL_RESPONSE_NORMALIZATION)
        .in("x", node.input(0))
        .out("y", node.output(0))
        .i32("radius", radius)
        .f32("bias", bias)
        .f32("alpha", alpha)
        .f32("beta", beta)
        .emit();
  }
}

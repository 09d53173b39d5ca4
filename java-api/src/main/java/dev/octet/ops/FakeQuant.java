// SPDX-License-Identifier: Apache-2.0
package dev.octet.ops;

import dev.octet.TensorType;
import dev.octet.graph.NodeContext;
import dev.octet.graph.Value;
import dev.octet.program.Emitter;
import dev.octet.tflite.BuiltinOperator;

/**
 * Float32 rounded as quantization to {@code bits} bits would: {@code y = round((clamp(x, a, b) - a)
 * / s) * s + a}, {@code s = (max - min) / (2^bits - 1)}, a and b being min and max moved so that 0
 * is a multiple of s from a.
 */
record FakeQuant(float min, float max, int bits, boolean narrow) implements Op {
  static final OpSpec SPEC =
      new OpSpec(
          BuiltinOperator.FAKE_QUANT,
          2,
          "f32",
          o ->
              new FakeQuant(
                  o.options().float_("min"),
                  o.options().float_("max"),
                  o.options().integer("num_bits"),
                  o.options().bool("narrow_range")));

  @Override
  public String name() {
    return "FAKE_QUANT";
  }

  @Override
  public void check(NodeContext node) {
    node.arity(1, 1, 1);
    Value x = node.input(0);
    node.type(x, TensorType.FLOAT32);
    node.type(node.output(0), TensorType.FLOAT32);
    node.require(!narrow, null, "narrow_range is not supported");
    node.require(bits >= 2 && bits <= 16, null, "num_bits " + bits + " is not 2 to 16");
    node.require(
        min <= 0 && max >= 0 && min < max && Float.isFinite(max - min),
        null,
        "the range " + min + " to " + max + " is not one around 0");
    node.require(scale() >= Float.MIN_NORMAL, null, "the range is too small");
  }

  private float scale() {
    return (max - min) / greatest();
  }

  private float greatest() {
    return (1 << bits) - 1;
  }

  @Override
  public int[][] infer(NodeContext node) {
    return new int[][] {node.input(0).shape()};
  }

  @Override
  public void emit(NodeContext node, Emitter emitter) {
    float scale = scale();
    float zero = LookupTables.round(Math.min(greatest(), 0 - min / scale));
    float low = (0 - zero) * scale;
    float high = (greatest() - zero) * scale;
    Unary.emit(node, emitter, UnaryFunction.FAKE_QUANT, low, high, scale);
  }
}

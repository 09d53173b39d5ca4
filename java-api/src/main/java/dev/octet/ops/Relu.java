// SPDX-License-Identifier: Apache-2.0
package dev.octet.ops;

import dev.octet.TensorType;
import dev.octet.graph.NodeContext;
import dev.octet.graph.Value;
import dev.octet.program.Emitter;
import dev.octet.tflite.BuiltinOperator;
import java.util.List;

/**
 * {@code y = min(max(x, low), high)}, x and y of one shape and type. Quantized: {@code y =
 * clamp(half_away((x - xz) * xs / ys) + yz)} between the type's ends and {@code yz + round(low /
 * ys)}, {@code yz + round(high / ys)}; 8 bits by table. int16 needs zero points of 0.
 */
record Relu(BuiltinOperator operator, List<String> types, OutputRange range) implements Op {
  static final OpSpec RELU =
      spec(BuiltinOperator.RELU, 3, "f32 i8 u8 i16", 0, Float.POSITIVE_INFINITY);
  static final OpSpec RELU6 = spec(BuiltinOperator.RELU6, 3, "f32 i8 u8 i16", 0, 6);
  static final OpSpec RELU_0_TO_1 = spec(BuiltinOperator.RELU_0_TO_1, 1, "f32 i8 u8", 0, 1);
  static final OpSpec RELU_N1_TO_1 = spec(BuiltinOperator.RELU_N1_TO_1, 1, "f32 i8 u8", -1, 1);

  private static OpSpec spec(
      BuiltinOperator operator, int maxVersion, String types, float low, float high) {
    Relu relu = new Relu(operator, List.of(types.split(" ")), new OutputRange(low, high));
    return new OpSpec(operator, maxVersion, types, o -> relu);
  }

  @Override
  public String name() {
    return operator.name();
  }

  @Override
  public void check(NodeContext node) {
    checkTypes(node, TypeNames.types(types));
  }

  /** Requires one of the types for x and y, quantized as this and LEAKY_RELU are. */
  static void checkTypes(NodeContext node, TensorType... types) {
    node.arity(1, 1, 1);
    Value x = node.input(0);
    node.type(x, types);
    node.type(node.output(0), x.type());
    if (x.type() != TensorType.FLOAT32) {
      node.perTensor(x);
      node.perTensor(node.output(0));
    }
    if (x.type() == TensorType.INT16) {
      Rescale16.check(node);
    }
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
      Unary.emit(node, emitter, UnaryFunction.CLAMP, range.low(), range.high(), 0);
      return;
    }
    Rescale16.Factor factor =
        Rescale16.Factor.of(x.quantization().scale() / y.quantization().scale());
    emit(node, emitter, factor, factor, range.min(y), range.max(y));
  }

  /** The quantized form: one factor from the input's zero point on, one below it. */
  static void emit(
      NodeContext node,
      Emitter emitter,
      Rescale16.Factor factor,
      Rescale16.Factor negative,
      int least,
      int greatest) {
    if (node.input(0).type() == TensorType.INT16) {
      Rescale16.emit(node, emitter, factor, negative, least, greatest);
      return;
    }
    int xZero = node.input(0).quantization().zeroPoint();
    int yZero = node.output(0).quantization().zeroPoint();
    LookupTables.emit(
        node,
        emitter,
        q -> {
          int v = q - xZero;
          int y = (v >= 0 ? factor : negative).of(v) + yZero;
          return FixedPoint.clamp(y, least, greatest);
        });
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

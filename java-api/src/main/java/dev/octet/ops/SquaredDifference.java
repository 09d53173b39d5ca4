// SPDX-License-Identifier: Apache-2.0
package dev.octet.ops;

import dev.octet.TensorType;
import dev.octet.graph.NodeContext;
import dev.octet.graph.Value;
import dev.octet.program.Emitter;
import dev.octet.tflite.BuiltinOperator;
import java.nio.ByteBuffer;

/**
 * {@code y = (a - b)^2} with broadcasting; float32, int32 (wraps) and quantized int8, all of one
 * type. Quantized inputs are brought to half the larger scale in fixed point with 7 more bits,
 * subtracted, squared, and brought to the output's scale, each step HALF_AWAY, as TensorFlow Lite's
 * built-in kernel does.
 */
record SquaredDifference() implements Op {
  static final OpSpec SPEC =
      new OpSpec(BuiltinOperator.SQUARED_DIFFERENCE, 2, "f32 i8 i32", o -> new SquaredDifference());

  private static final int LEFT_SHIFT = 7;

  @Override
  public String name() {
    return "SQUARED_DIFFERENCE";
  }

  @Override
  public void check(NodeContext node) {
    node.arity(2, 2, 1);
    Value a = node.input(0);
    Value b = node.input(1);
    Value y = node.output(0);
    node.type(a, TensorType.FLOAT32, TensorType.INT8, TensorType.INT32);
    node.type(b, a.type());
    node.type(y, a.type());
    if (a.type() == TensorType.INT8) {
      for (Value value : new Value[] {a, b, y}) {
        node.perTensor(value);
        int zero = value.quantization().zeroPoint();
        node.require(
            zero >= Byte.MIN_VALUE && zero <= Byte.MAX_VALUE,
            value,
            "has a zero point outside its type");
      }
      double factor = outputFactor(a, b, y);
      node.require(
          factor < 1 && Multipliers.of(factor).shift()[0] <= 0,
          y,
          "scale is too small beside those of the inputs");
    }
  }

  @Override
  public int[][] infer(NodeContext node) {
    return new int[][] {Broadcasting.shape(node, node.input(0), node.input(1))};
  }

  private static double twiceMaxScale(Value a, Value b) {
    return 2 * Math.max(a.quantization().scale(), b.quantization().scale());
  }

  private static double outputFactor(Value a, Value b, Value y) {
    double twiceMax = twiceMaxScale(a, b);
    return twiceMax * twiceMax / ((1 << 2 * LEFT_SHIFT) * y.quantization().scale());
  }

  @Override
  public boolean pointwise(NodeContext node) {
    return true;
  }

  @Override
  public void emit(NodeContext node, Emitter emitter) {
    Value a = node.input(0);
    Value b = node.input(1);
    Value y = node.output(0);
    if (a.type() != TensorType.INT8) {
      BinaryFunction.SQUARED_DIFFERENCE.emit(emitter, a, b, y);
      return;
    }
    double twiceMax = twiceMaxScale(a, b);
    Multipliers factors =
        Multipliers.of(
            a.quantization().scale() / twiceMax,
            b.quantization().scale() / twiceMax,
            outputFactor(a, b, y));
    int aZero = a.quantization().zeroPoint();
    int bZero = b.quantization().zeroPoint();
    int yZero = y.quantization().zeroPoint();
    PairTable.emit(
        emitter,
        name(),
        a,
        b,
        y,
        false,
        (p, q) -> {
          int first =
              FixedPoint.multiply(
                  (p - aZero) << LEFT_SHIFT, factors.multiplier()[0], factors.shift()[0]);
          int second =
              FixedPoint.multiply(
                  (q - bZero) << LEFT_SHIFT, factors.multiplier()[1], factors.shift()[1]);
          int difference = first - second;
          int square =
              FixedPoint.multiply(
                  difference * difference, factors.multiplier()[2], factors.shift()[2]);
          return (int) Math.max(Byte.MIN_VALUE, Math.min(Byte.MAX_VALUE, (long) square + yZero));
        });
  }

  @Override
  public ByteBuffer fold(NodeContext node) {
    return BinaryFunction.SQUARED_DIFFERENCE.fold(node);
  }
}

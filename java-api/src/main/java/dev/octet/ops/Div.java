// SPDX-License-Identifier: Apache-2.0
package dev.octet.ops;

import dev.octet.TensorType;
import dev.octet.graph.NodeContext;
import dev.octet.graph.Value;
import dev.octet.program.Emitter;
import dev.octet.tflite.Activation;
import dev.octet.tflite.BuiltinOperator;
import java.nio.ByteBuffer;

/**
 * {@code y = f(a / b)} with broadcasting; float32, int32 (toward zero), quantized int8 and uint8,
 * all of one type. A run fails where an integer is divided by zero: a quantized one by its zero
 * point.
 *
 * <p>Quantized quotients are TensorFlow Lite's: the divisor's reciprocal by three Newton steps in
 * fixed point, two rounded products, the last shift HALF_AWAY.
 */
record Div(Activation activation) implements Op {
  static final OpSpec SPEC =
      new OpSpec(
          BuiltinOperator.DIV,
          2,
          "f32 i8 u8 i32",
          o -> new Div(o.options().enumeration("fused_activation_function", Activation.class)));

  @Override
  public String name() {
    return "DIV";
  }

  private static boolean quantized(Value value) {
    return value.type() == TensorType.INT8 || value.type() == TensorType.UINT8;
  }

  @Override
  public void check(NodeContext node) {
    node.arity(2, 2, 1);
    OutputRange.check(node, activation);
    Value a = node.input(0);
    Value b = node.input(1);
    Value y = node.output(0);
    node.type(a, TensorType.FLOAT32, TensorType.INT8, TensorType.UINT8, TensorType.INT32);
    node.type(b, a.type());
    node.type(y, a.type());
    if (quantized(a)) {
      for (Value value : new Value[] {a, b, y}) {
        node.perTensor(value);
        int zero = value.quantization().zeroPoint();
        node.require(
            zero >= OutputRange.least(a.type()) && zero <= OutputRange.greatest(a.type()),
            value,
            "has a zero point outside its type");
      }
    }
  }

  @Override
  public int[][] infer(NodeContext node) {
    return new int[][] {Broadcasting.shape(node, node.input(0), node.input(1))};
  }

  @Override
  public void emit(NodeContext node, Emitter emitter) {
    Value a = node.input(0);
    Value b = node.input(1);
    Value y = node.output(0);
    OutputRange range = OutputRange.of(activation);
    if (!quantized(a)) {
      OutputRange finite = range.finite(emitter.numerics());
      BinaryFunction.DIV.emit(emitter, a, b, y, finite.low(), finite.high());
      return;
    }
    // in float32, as TensorFlow Lite does
    float factor = a.quantization().scale() / (b.quantization().scale() * y.quantization().scale());
    Multipliers fixed = Multipliers.of((double) factor);
    int aZero = a.quantization().zeroPoint();
    int bZero = b.quantization().zeroPoint();
    int yZero = y.quantization().zeroPoint();
    int low = range.min(y);
    int high = range.max(y);
    PairTable.emit(
        emitter,
        "DIV " + activation,
        a,
        b,
        y,
        true,
        (p, q) -> {
          long quotient = (long) quotient(p - aZero, q - bZero, fixed) + yZero;
          return (int) Math.min(high, Math.max(low, quotient));
        });
  }

  /** {@code a / b} times a factor; b is not 0. */
  private static int quotient(int a, int b, Multipliers factor) {
    int dividend = b < 0 ? -a : a;
    int divisor = Math.abs(b);
    int headroom = Integer.numberOfLeadingZeros(divisor);
    int signBits = Integer.numberOfLeadingZeros(dividend < 0 ? -dividend * 2 - 1 : dividend);
    int left = dividend < 0 ? signBits : signBits - 1;
    int inverse = reciprocal((divisor << headroom) - Integer.MIN_VALUE);
    int raised = FixedPoint.highProduct(dividend << left, inverse);
    int product = FixedPoint.highProduct(raised, factor.multiplier()[0]);
    int right = 31 - headroom + left - factor.shift()[0];
    return right >= 0 ? FixedPoint.divide(product, right) : raise(product, -right);
  }

  private static int raise(int x, int bits) {
    long raised = bits > 31 ? (long) Math.signum(x) << 40 : (long) x << bits;
    return (int) Math.max(Integer.MIN_VALUE / 2, Math.min(Integer.MAX_VALUE / 2, raised));
  }

  /** {@code 1 / (1 + x)} of 0 <= x < 1, both with 31 fraction bits. */
  private static int reciprocal(int x) {
    // with 29 fraction bits: 48 / 17 and -32 / 17 start Newton's steps for 1 / h, h = (1 + x) / 2
    int first = 1515870810;
    int slope = -1010580540;
    int half = (int) (((long) x + Integer.MAX_VALUE + 1) / 2);
    int guess = first + FixedPoint.highProduct(half, slope);
    for (int i = 0; i < 3; i++) {
      int rest = (1 << 29) - FixedPoint.highProduct(half, guess);
      guess += saturatedLeft(FixedPoint.highProduct(guess, rest), 2);
    }
    return saturatedLeft(guess, 1);
  }

  private static int saturatedLeft(int x, int bits) {
    long raised = (long) x << bits;
    return (int) Math.max(Integer.MIN_VALUE, Math.min(Integer.MAX_VALUE, raised));
  }

  @Override
  public ByteBuffer fold(NodeContext node) {
    return activation == Activation.NONE ? BinaryFunction.DIV.fold(node) : null;
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.octet.ops;

import dev.octet.TensorType;
import dev.octet.graph.NodeContext;
import dev.octet.graph.Value;
import dev.octet.program.Emitter;
import dev.octet.tflite.BuiltinOperator;
import java.util.function.IntUnaryOperator;

/**
 * {@code y = x * min(max(x + 3, 0), 6) / 6}; float32, int8 or uint8. Quantized ones follow
 * TensorFlow Lite's 16-bit fixed point, by table: x raised by 7 bits, once times the output's
 * factor and once times the factor that makes 3 to 2^15, the latter brought to [0, 1], their
 * product truncated.
 */
record HardSwish() implements Op {
  static final OpSpec SPEC =
      new OpSpec(BuiltinOperator.HARD_SWISH, 1, "f32 i8 u8", o -> new HardSwish());

  @Override
  public String name() {
    return "HARD_SWISH";
  }

  @Override
  public void check(NodeContext node) {
    node.arity(1, 1, 1);
    Value x = node.input(0);
    Value y = node.output(0);
    node.type(x, TensorType.FLOAT32, TensorType.INT8, TensorType.UINT8);
    node.type(y, x.type());
    if (x.type() != TensorType.FLOAT32) {
      node.perTensor(x);
      node.perTensor(y);
      node.require(output(x, y).shift() <= 0, y, "scale is too small beside the input's");
    }
  }

  @Override
  public int[][] infer(NodeContext node) {
    return new int[][] {node.input(0).shape()};
  }

  private static float raised(Value x) {
    return 1f / 128 * x.quantization().scale();
  }

  private static Factor output(Value x, Value y) {
    return Factor.of(raised(x) / y.quantization().scale());
  }

  /** A factor {@code multiplier * 2^(shift - 15)} in 16 bits. */
  private record Factor(int multiplier, int shift) {
    static Factor of(float factor) {
      Multipliers wide = Multipliers.of(factor);
      int multiplier = Math.min((wide.multiplier()[0] >> 15) + 1 >> 1, Short.MAX_VALUE);
      return new Factor(multiplier, wide.shift()[0]);
    }

    /** The product but for the shift, halves upward. */
    int high(int x) {
      return (x * multiplier + (1 << 14)) >> 15;
    }
  }

  private static IntUnaryOperator table(Value x, Value y) {
    int xZero = x.quantization().zeroPoint();
    int yZero = y.quantization().zeroPoint();
    int least = OutputRange.least(y.type());
    int greatest = OutputRange.greatest(y.type());
    Factor output = output(x, y);
    Factor gate = Factor.of(raised(x) / (3f / 32768));
    return q -> {
      int value = (q - xZero) << 7;
      int onOutput = output.high(value);
      int open = value;
      if (gate.shift() > 0) {
        open = gate.high(shifted(value, gate.shift() - 1));
        open = shifted(open, 1);
      } else {
        open = FixedPoint.divide(gate.high(value), -gate.shift());
      }
      int zeroToOne = (open + (1 << 15)) >> 1;
      // the division truncates
      int product = zeroToOne * onOutput / (1 << 15);
      int result = (short) (FixedPoint.divide(product, -output.shift()) + yZero);
      return FixedPoint.clamp(result, least, greatest);
    };
  }

  private static int shifted(int x, int by) {
    long wide = by > 31 ? Long.signum(x) * (1L << 40) : (long) x << by;
    return (int) Math.max(Short.MIN_VALUE, Math.min(Short.MAX_VALUE, wide));
  }

  @Override
  public void emit(NodeContext node, Emitter emitter) {
    Value x = node.input(0);
    if (x.type() == TensorType.FLOAT32) {
      Unary.emit(node, emitter, UnaryFunction.HARD_SWISH, 0, 0, 0);
    } else {
      LookupTables.emit(node, emitter, table(x, node.output(0)));
    }
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

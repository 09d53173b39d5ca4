// SPDX-License-Identifier: Apache-2.0
package dev.octet.reference;

/**
 * From float32 y = clamp(round(x / scale) + y_zero), halves away from zero, the quotient a float64,
 * or along an axis with scales of its own a float32; from integers y = clamp(half_away(x - x_zero,
 * multiplier, shift) + y_zero).
 */
final class Quantize implements ReferenceKernel {
  @Override
  public void run(Call call) {
    Operand x = call.value("x");
    Operand y = call.value("y");
    int[] result = x.real() ? ofFloats(call, x.floats(), y) : ofIntegers(call, x.ints(), y);
    y.set(result);
  }

  static int lowest(Operand value) {
    return switch (value.type()) {
      case UINT8 -> 0;
      case INT8 -> Byte.MIN_VALUE;
      case INT16 -> Short.MIN_VALUE;
      default -> Integer.MIN_VALUE;
    };
  }

  static int greatest(Operand value) {
    return switch (value.type()) {
      case UINT8 -> 255;
      case INT8 -> Byte.MAX_VALUE;
      case INT16 -> Short.MAX_VALUE;
      default -> Integer.MAX_VALUE;
    };
  }

  private static int[] ofFloats(Call call, float[] x, Operand y) {
    int low = lowest(y);
    int high = greatest(y);
    boolean along = call.has("scales");
    float[] scales = along ? call.value("scales").floats() : new float[] {call.f32("scale")};
    int[] zeros = along ? call.value("zeros").ints() : new int[] {call.i32("y_zero")};
    int inner = along ? y.product(call.i32("axis") + 1, y.rank()) : 1;
    int[] result = new int[x.length];
    for (int i = 0; i < x.length; i++) {
      call.pause(i);
      int c = i / inner % scales.length;
      double v = along ? x[i] / scales[c] : (double) x[i] / scales[c];
      double whole = Double.isNaN(v) ? 0 : Math.max(-1e10, Math.min(1e10, Rounding.halfAway(v)));
      result[i] = Rounding.clamp((long) whole + zeros[c], low, high);
    }
    return result;
  }

  private static int[] ofIntegers(Call call, int[] x, Operand y) {
    int low = lowest(y);
    int high = greatest(y);
    int[] result = new int[x.length];
    for (int i = 0; i < x.length; i++) {
      call.pause(i);
      int scaled =
          Rounding.halfAway(x[i] - call.i32("x_zero"), call.i32("multiplier"), call.i32("shift"));
      result[i] = Rounding.clamp((long) scaled + call.i32("y_zero"), low, high);
    }
    return result;
  }
}

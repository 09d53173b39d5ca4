// SPDX-License-Identifier: Apache-2.0
package dev.octet.reference;

import dev.octet.TensorType;

/** y = a * b of quantized values with broadcasting. */
final class Mul implements ReferenceKernel {
  @Override
  public void run(Call call) {
    Operand y = call.value("y");
    int[] a = Products.less(call.value("a").ints(), call.i32("a_zero"));
    int[] b = Products.less(call.value("b").ints(), call.i32("b_zero"));
    Broadcast fromA = Broadcast.of(call.value("a"), y);
    Broadcast fromB = Broadcast.of(call.value("b"), y);
    boolean fractions = call.value("a").type() == TensorType.INT16 && y.type() != TensorType.INT16;
    int form = call.i32("form");
    int multiplier = call.i32("multiplier");
    int shift = call.i32("shift");
    float scale = call.f32("scale");
    int zero = call.i32("y_zero");
    int min = call.i32("y_min");
    int max = call.i32("y_max");
    int[] result = new int[y.elements()];
    for (int i = 0; i < result.length; i++) {
      call.pause(i);
      int product = a[fromA.at(i)] * b[fromB.at(i)];
      long q =
          fractions
              ? ofFractions(product)
              : Rounding.requantize(form, product, scale, multiplier, shift);
      result[i] = Rounding.clamp(q + zero, min, max);
    }
    y.set(result);
  }

  /** Factors are fractions of 2^15, the result is one of 2^7. */
  private static long ofFractions(int product) {
    long high = Rounding.shiftHalfUp(product, 15);
    return Rounding.shiftHalfAway(Math.min(high, Short.MAX_VALUE), 8);
  }
}

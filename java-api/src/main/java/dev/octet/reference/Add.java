// SPDX-License-Identifier: Apache-2.0
package dev.octet.reference;

/** y = a + b or a - b of quantized values with broadcasting, in one of two arithmetics. */
final class Add implements ReferenceKernel {
  @Override
  public void run(Call call) {
    Operand y = call.value("y");
    int[] a = Products.less(call.value("a").ints(), call.i32("a_zero"));
    int[] b = Products.less(call.value("b").ints(), call.i32("b_zero"));
    Broadcast fromA = Broadcast.of(call.value("a"), y);
    Broadcast fromB = Broadcast.of(call.value("b"), y);
    boolean delegate = call.i32("form") == Rounding.FLOAT;
    int sign = call.i32("operation") == 0 ? 1 : -1;
    int aFactor = call.i32("a_multiplier");
    int bFactor = call.i32("b_multiplier");
    int aShift = call.i32("a_shift");
    int bShift = call.i32("b_shift");
    int left = call.i32("left_shift");
    int factor = call.i32("y_multiplier");
    int shift = call.i32("y_shift");
    int zero = call.i32("y_zero");
    int min = call.i32("y_min");
    int max = call.i32("y_max");
    int[] result = new int[y.elements()];
    for (int i = 0; i < result.length; i++) {
      call.pause(i);
      int p = a[fromA.at(i)];
      int q = b[fromB.at(i)];
      long sum;
      if (delegate) {
        sum = Rounding.shiftHalfUp((long) p * aFactor + (long) q * bFactor, -shift);
      } else {
        int scaled = Rounding.halfAway(p << left, aFactor, aShift);
        scaled += sign * Rounding.halfAway(q << left, bFactor, bShift);
        sum = Rounding.halfAway(scaled, factor, shift);
      }
      result[i] = Rounding.clamp(sum + zero, min, max);
    }
    y.set(result);
  }
}

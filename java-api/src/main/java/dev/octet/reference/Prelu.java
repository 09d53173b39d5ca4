// SPDX-License-Identifier: Apache-2.0
package dev.octet.reference;

/** y = x where x >= 0, else x * alpha, alpha broadcast; quantized HALF_AWAY. */
final class Prelu implements ReferenceKernel {
  @Override
  public void run(Call call) {
    Operand x = call.value("x");
    Operand y = call.value("y");
    Broadcast slopes = Broadcast.of(call.value("alpha"), x);
    if (x.real()) {
      float[] numbers = x.floats();
      float[] alpha = call.value("alpha").floats();
      for (int i = 0; i < numbers.length; i++) {
        numbers[i] = numbers[i] >= 0 ? numbers[i] : numbers[i] * alpha[slopes.at(i)];
      }
      y.set(numbers);
      return;
    }
    int[] numbers = Products.less(x.ints(), call.i32("x_zero"));
    int[] alpha = Products.less(call.value("alpha").ints(), call.i32("alpha_zero"));
    int multiplier = call.i32("multiplier");
    int shift = call.i32("shift");
    int alphaMultiplier = call.i32("alpha_multiplier");
    int alphaShift = call.i32("alpha_shift");
    int zero = call.i32("y_zero");
    for (int i = 0; i < numbers.length; i++) {
      call.pause(i);
      int v = numbers[i];
      int scaled =
          v >= 0
              ? Rounding.halfAway(v, multiplier, shift)
              : Rounding.halfAway(v * alpha[slopes.at(i)], alphaMultiplier, alphaShift);
      numbers[i] = Rounding.clamp((long) scaled + zero, Quantize.lowest(y), Quantize.greatest(y));
    }
    y.set(numbers);
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.octet.reference;

/** y = the first place along an axis of the greatest or the least element. */
final class ArgMinMax implements ReferenceKernel {
  @Override
  public void run(Call call) {
    Operand x = call.value("x");
    Operand y = call.value("y");
    int axis = call.i32("axis");
    int sign = call.i32("maximum") == 1 ? 1 : -1;
    int outer = x.product(0, axis);
    int length = x.dim(axis);
    int inner = x.product(axis + 1, x.rank());
    double[] numbers = new double[x.elements()];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = sign * (x.real() ? x.real(i) : x.get(i));
    }
    for (int o = 0; o < outer; o++) {
      for (int r = 0; r < inner; r++) {
        call.pause(r);
        int best = 0;
        for (int i = 1; i < length; i++) {
          int at = (o * length + i) * inner + r;
          best = numbers[at] > numbers[(o * length + best) * inner + r] ? i : best;
        }
        y.set(o * inner + r, (long) best);
      }
    }
  }
}

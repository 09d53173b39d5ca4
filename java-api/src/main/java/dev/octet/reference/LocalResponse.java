// SPDX-License-Identifier: Apache-2.0
package dev.octet.reference;

/**
 * y[c] = x[c] * (bias + alpha * sum over |i - c| <= radius of x[i]^2)^-beta, along the last axis.
 */
final class LocalResponse implements ReferenceKernel {
  @Override
  public void run(Call call) {
    Operand x = call.value("x");
    double[] numbers = x.doubles();
    double[] result = new double[numbers.length];
    int row = x.dim(-1);
    int radius = call.i32("radius");
    for (int at = 0; at < result.length; at++) {
      call.checkStopped();
      int c = at % row;
      double sum = 0;
      int last = (int) Math.min(row - 1L, (long) c + radius);
      for (int i = Math.max(0, c - radius); i <= last; i++) {
        double number = numbers[at - c + i];
        sum += number * number;
      }
      double base = call.f32("bias") + call.f32("alpha") * sum;
      result[at] = numbers[at] * Math.pow(base, -(double) call.f32("beta"));
    }
    call.value("y").set(result);
  }
}

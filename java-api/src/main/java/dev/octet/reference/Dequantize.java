// SPDX-License-Identifier: Apache-2.0
package dev.octet.reference;

/** y = scale * (x - zero), rounded once; scales and zero points may be those of an axis. */
final class Dequantize implements ReferenceKernel {
  @Override
  public void run(Call call) {
    Operand x = call.value("x");
    Operand y = call.value("y");
    if (x.real()) {
      y.set(x.floats());
      return;
    }
    boolean along = call.has("scales");
    float[] scales = along ? call.value("scales").floats() : new float[] {call.f32("scale")};
    int[] zeros = along ? call.value("zeros").ints() : new int[] {call.i32("zero")};
    int inner = along ? x.product(call.i32("axis") + 1, x.rank()) : 1;
    int[] numbers = x.ints();
    float[] result = new float[numbers.length];
    for (int i = 0; i < result.length; i++) {
      int c = i / inner % scales.length;
      result[i] = (float) ((double) scales[c] * ((double) numbers[i] - zeros[c]));
    }
    y.set(result);
  }
}

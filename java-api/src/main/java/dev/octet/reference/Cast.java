// SPDX-License-Identifier: Apache-2.0
package dev.octet.reference;

import dev.octet.TensorType;

/**
 * y = x in another element type. Integers keep their low bits; reals are truncated to integers, and
 * what does not fit is as TensorFlow Lite has it on x86; of complex numbers the real part counts.
 */
final class Cast implements ReferenceKernel {
  @Override
  public void run(Call call) {
    Operand x = call.value("x");
    Operand y = call.value("y");
    if (call.i32("bits") == 1 || x.type() == y.type()) {
      y.setBytes(x.bytes());
      return;
    }
    for (int i = 0; i < x.elements(); i++) {
      call.pause(i);
      if (x.type() == TensorType.COMPLEX64) {
        fromReal(x.memory().getFloat(8 * i), x.type(), y, i);
      } else if (x.real()) {
        fromReal(x.real(i), x.type(), y, i);
      } else {
        fromInteger(x.get(i), y, i);
      }
    }
  }

  private static void fromInteger(long number, Operand y, int i) {
    switch (y.type()) {
      case FLOAT64 -> y.set(i, (double) number);
      case FLOAT32, FLOAT16, BFLOAT16 -> y.set(i, (double) (float) number);
      case COMPLEX64 -> complex((float) number, y, i);
      default -> y.set(i, number);
    }
  }

  private static void complex(float number, Operand y, int i) {
    y.memory().putFloat(8 * i, number).putFloat(8 * i + 4, 0);
  }

  private static void fromReal(double number, TensorType from, Operand y, int i) {
    boolean saturates = from == TensorType.FLOAT32;
    switch (y.type()) {
      case FLOAT64, FLOAT32, FLOAT16, BFLOAT16 -> y.set(i, number);
      case COMPLEX64 -> complex((float) number, y, i);
      case BOOL -> y.set(i, number != 0 ? 1L : 0L);
      case INT64, UINT32 -> y.set(i, truncated(number, Long.MIN_VALUE));
      case INT32 ->
          y.set(
              i,
              !saturates
                  ? truncated(number, Integer.MIN_VALUE)
                  : Double.isNaN(number) ? Integer.MAX_VALUE : (long) (int) number);
      case INT16, UINT8 ->
          y.set(
              i,
              saturates
                  ? (long) Rounding.clamp((long) number, Quantize.lowest(y), Quantize.greatest(y))
                  : truncated(number, Integer.MIN_VALUE));
      default -> y.set(i, truncated(number, Integer.MIN_VALUE));
    }
  }

  /** {@code least}, the least number of an integer type, where the number is not of that type. */
  private static long truncated(double number, long least) {
    double end = -(double) least;
    return number < end && number > -end ? (long) number : least;
  }
}

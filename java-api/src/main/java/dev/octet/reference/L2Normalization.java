// SPDX-License-Identifier: Apache-2.0
package dev.octet.reference;

import dev.octet.TensorType;

/**
 * Over the last axis y = x / max(sqrt(sum of x^2), 1e-6); of bytes by TensorFlow Lite's fixed-point
 * inverse root.
 */
final class L2Normalization implements ReferenceKernel {
  @Override
  public void run(Call call) {
    Operand x = call.value("x");
    int row = x.dim(-1);
    if (x.elements() == 0) {
      return;
    }
    if (x.real()) {
      double[] numbers = x.doubles();
      for (int first = 0; first < numbers.length; first += row) {
        double sum = 0;
        for (int i = first; i < first + row; i++) {
          sum += numbers[i] * numbers[i];
        }
        double norm = Math.max(Math.sqrt(sum), 1e-6f);
        for (int i = first; i < first + row; i++) {
          numbers[i] /= norm;
        }
      }
      call.value("y").set(numbers);
      return;
    }
    bytes(call, Products.less(x.ints(), call.i32("x_zero")), row);
  }

  private static void bytes(Call call, int[] x, int row) {
    Operand y = call.value("y");
    boolean signed = y.type() == TensorType.INT8;
    for (int first = 0; first < x.length; first += row) {
      int sum = 0;
      for (int i = first; i < first + row; i++) {
        sum += x[i] * x[i];
      }
      InverseRoot f = InverseRoot.of(sum);
      for (int i = first; i < first + row; i++) {
        long q;
        if (signed) {
          q = Rounding.halfAway(x[i], f.multiplier(), f.shift() + 7);
        } else {
          int high = Rounding.highProduct(128 * x[i], f.multiplier());
          q = 128 + Rounding.shiftHalfAway(high, -f.shift());
        }
        x[i] = Rounding.clamp(q, Quantize.lowest(y), Quantize.greatest(y));
      }
    }
    y.set(x);
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.octet.reference;

import dev.octet.TensorType;

/**
 * Over the last axis y = x / max(sqrt(sum of x^2), 1e-6); of bytes by TensorFlow Lite's fixed-point
 * inverse root.
 */
final class L2Normalization implements ReferenceKernel {
  /** A factor multiplier * 2^(shift - 31). */
  private record Factor(int multiplier, int shift) {}

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
      Factor f = inverseRoot(sum);
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

  /** 1 / sqrt(v): v is scaled by powers of 4 to [2^27, 2^29), then Newton's method in 2^-28. */
  private static Factor inverseRoot(int v) {
    if (v <= 1) {
      return new Factor(Integer.MAX_VALUE, 0);
    }
    int right = 11;
    int scaled = v;
    for (; scaled >= 1 << 29; scaled /= 4) {
      right++;
    }
    int left = (Integer.numberOfLeadingZeros(scaled) - 1) / 2 - 1;
    right -= left;
    scaled <<= 2 * left;
    int half = (int) Rounding.shiftHalfAway(scaled >> 1, 1);
    int threeHalves = 3 << 27;
    int x = 1 << 28;
    for (int step = 0; step < 5; step++) {
      int square = Rounding.highProduct(x, x);
      int cube = raised(Rounding.highProduct(square, x), 6);
      x = raised(Rounding.highProduct(threeHalves, x) - Rounding.highProduct(half, cube), 3);
    }
    x = Rounding.highProduct(x, 1518500250); // sqrt(1/2)
    return right >= 0 ? new Factor(x, -right) : new Factor(x << -right, 0);
  }

  /** x * 2^n, saturating. */
  private static int raised(int x, int n) {
    return Rounding.clamp((long) x << n, Integer.MIN_VALUE, Integer.MAX_VALUE);
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.octet.reference;

/**
 * Logistic function and tanh of 16-bit fixed-point numbers in the steps of TensorFlow Lite's
 * fixed-point library. A number with b bits before the point has 15 - b behind it; every step
 * saturates.
 */
final class Fixed16 {
  private Fixed16() {}

  static int saturate(long x) {
    return Rounding.clamp(x, Short.MIN_VALUE, Short.MAX_VALUE);
  }

  /** a * b / 2^15, halves up. */
  static int product(int a, int b) {
    return saturate(Rounding.shiftHalfUp((long) a * b, 15));
  }

  private static int constant(double x) {
    return (int) Rounding.halfAway(x * (1 << 15));
  }

  /** exp of a number that is not positive, with {@code bits} bits before the point. */
  private static int exp(int a, int bits) {
    if (a == 0) {
      return Short.MAX_VALUE;
    }
    // a is a part in [-1/4, 0) less a rest of quarters
    int quarter = 1 << (13 - bits);
    int part = (a & (quarter - 1)) - quarter;
    int rest = part - a;
    // Taylor's series at -1/8
    int x = (part << bits) + (1 << 12);
    int x2 = product(x, x);
    int x3 = product(x2, x);
    int x4 = product(x2, x2);
    int third = constant(1.0 / 3);
    int tail = product((int) Rounding.shiftHalfAway(x4, 2) + x3, third) + x2;
    int series = x + (int) Rounding.shiftHalfAway(tail, 1);
    int eighth = constant(Math.exp(-0.125));
    int y = saturate(eighth + product(eighth, series));
    for (int exponent = -2; exponent < bits && exponent <= 4; exponent++) {
      if ((rest >> (15 - bits + exponent) & 1) != 0) {
        y = product(y, constant(Math.exp(-Math.scalb(1.0, exponent))));
      }
    }
    return bits > 5 && a < -32 << (15 - bits) ? 0 : y;
  }

  /** 2 / (1 + x) with two bits before the point, of an x of [0, 1], by Newton's method. */
  private static int reciprocal(int x) {
    int half = (x + (1 << 15)) / 2;
    int y = constant(48.0 / 17 / 4) + product(half, constant(-32.0 / 17 / 4));
    for (int step = 0; step < 3; step++) {
      y += saturate(4L * product(y, (1 << 13) - product(half, y)));
    }
    return y;
  }

  /** From 3 bits before the point to none. */
  static int logistic(int x) {
    if (x == 0) {
      return 1 << 14;
    }
    int y = saturate(2L * reciprocal(exp(-Math.abs(x), 3)));
    return x > 0 ? y : Short.MAX_VALUE - y;
  }

  /** From {@code bits} bits before the point to none. */
  static int tanh(int x, int bits) {
    if (x == 0) {
      return 0;
    }
    int y = saturate(4L * (reciprocal(exp(-Math.abs(x), bits + 1)) - (1 << 13)));
    return x > 0 ? y : -y;
  }
}

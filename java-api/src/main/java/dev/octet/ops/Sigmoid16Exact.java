// SPDX-License-Identifier: Apache-2.0
package dev.octet.ops;

/**
 * The logistic function and the hyperbolic tangent in 16-bit fixed point, the arithmetic of
 * gemmlowp: numbers have i integer and 15 - i fractional bits, products are rounded, halves upward.
 * e^-x is a Taylor polynomial on a quarter, times a constant for each bit above; quotients come
 * from three Newton steps.
 */
final class Sigmoid16Exact {
  private static final int ONE = Short.MAX_VALUE;
  private static final int EXP_OF_MINUS_EIGHTH = constant(StrictMath.exp(-0.125), 0);
  private static final int THIRD = constant(1.0 / 3, 0);

  private Sigmoid16Exact() {}

  /** {@code 2^15 / (1 + e^-x)} of x with 3 integer bits. */
  static int logistic(int x) {
    if (x == 0) {
      return 1 << 14;
    }
    int negative = x > 0 ? -x : x;
    int quotient = leftShift(halfReciprocal(expOfNegative(negative, 3)), 1);
    return (short) (x > 0 ? quotient : ONE - quotient);
  }

  /** {@code 2^15 tanh x} of x with 3 integer bits after it was doubled {@code shift} times. */
  static int tanh(int x, int shift) {
    int v = leftShift(x, shift);
    if (v == 0) {
      return 0;
    }
    int negative = v < 0 ? v : -v;
    // twice the number is the same bits with one more integer bit
    int quotient = halfReciprocal(expOfNegative(negative, 4));
    int result = leftShift(quotient - (1 << 13), 2);
    return (short) (v < 0 ? -result : result);
  }

  private static int constant(double real, int integerBits) {
    // as 32 bits, and these rounded to 16
    int wide = (int) Math.round(real * Math.scalb(1.0, 31 - integerBits));
    return FixedPoint.divide(wide, 16);
  }

  private static int product(int a, int b) {
    return a == Short.MIN_VALUE && b == Short.MIN_VALUE
        ? Short.MAX_VALUE
        : (short) ((a * b + (1 << 14)) >> 15);
  }

  private static int leftShift(int x, int by) {
    return FixedPoint.clamp16(x << by);
  }

  /** e^x of x < 0 with {@code integerBits}, the result with none. */
  private static int expOfNegative(int x, int integerBits) {
    int fraction = 15 - integerBits;
    int quarter = 1 << (fraction - 2);
    int within = (x & (quarter - 1)) - quarter;
    int rest = within - x;
    int result = expOfQuarter(leftShift(within, integerBits));
    for (int exponent = -2; exponent < integerBits; exponent++) {
      if ((rest >> (fraction + exponent) & 1) != 0) {
        result = product(result, constant(StrictMath.exp(-Math.scalb(1.0, exponent)), 0));
      }
    }
    return result;
  }

  /** e^a of -1/4 <= a < 0. */
  private static int expOfQuarter(int a) {
    int x = a + (1 << 12);
    int x2 = product(x, x);
    int x3 = product(x2, x);
    int x4 = product(x2, x2);
    int higher = product((short) (FixedPoint.divide(x4, 2) + x3), THIRD);
    int terms = FixedPoint.divide((short) (higher + x2), 1);
    return FixedPoint.clamp16(
        EXP_OF_MINUS_EIGHTH + product(EXP_OF_MINUS_EIGHTH, (short) (x + terms)));
  }

  /** 2 / (1 + a) of 0 <= a < 1, the result with 2 integer bits. */
  private static int halfReciprocal(int a) {
    int half = (a + ONE + 1) / 2;
    int x = (short) (constant(48.0 / 17, 2) + product(half, constant(-32.0 / 17, 2)));
    for (int step = 0; step < 3; step++) {
      int rest = (short) ((1 << 13) - product(half, x));
      x = (short) (x + leftShift(product(x, rest), 2));
    }
    return x;
  }
}

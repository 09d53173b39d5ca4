// SPDX-License-Identifier: Apache-2.0
package dev.octet.ops;

/**
 * The fixed-point steps of TensorFlow Lite's quantized kernels, for tables that are filled at
 * compile time; {@code native/src/base/fixed_point.h} has the same for kernels.
 */
final class FixedPoint {
  private FixedPoint() {}

  /** {@code round(a * b / 2^31)}, halves toward plus infinity; the greatest int32 for 2^62. */
  static int highProduct(int a, int b) {
    return a == Integer.MIN_VALUE && b == Integer.MIN_VALUE
        ? Integer.MAX_VALUE
        : (int) (((long) a * b + (1L << 30)) >> 31);
  }

  /** {@code round(x / 2^exponent)}, halves away from zero; 0 from exponent 32 on. */
  static int divide(int x, int exponent) {
    if (exponent > 31) {
      return 0;
    }
    long half = (1L << exponent) >> 1;
    return (int) (x >= 0 ? (x + half) >> exponent : -((-(long) x + half) >> exponent));
  }

  /** {@code round(x * multiplier * 2^(shift - 31))} in these two steps. */
  static int multiply(int x, int multiplier, int shift) {
    return divide(highProduct(x << Math.max(shift, 0), multiplier), Math.max(-shift, 0));
  }

  static int clamp(int x, int least, int greatest) {
    return Math.max(least, Math.min(greatest, x));
  }

  /** {@code x} as int16, saturated. */
  static int clamp16(int x) {
    return clamp(x, Short.MIN_VALUE, Short.MAX_VALUE);
  }
}

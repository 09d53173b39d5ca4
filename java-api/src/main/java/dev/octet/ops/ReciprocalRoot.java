// SPDX-License-Identifier: Apache-2.0
package dev.octet.ops;

/**
 * {@code 1 / sqrt(x)} of a quantized int8 number as TensorFlow Lite computes it: five Newton steps
 * from 1 in fixed point, 20 fractional bits kept, and a second factor for the scales.
 */
record ReciprocalRoot(int multiplier, int shift) {
  private static final int KEPT_BITS = 20;

  /** Half of the square root of 2 without integer bits. */
  private static final int HALF_ROOT_2 = 1518500250;

  static ReciprocalRoot of(float inputScale, float outputScale) {
    Multipliers factor = Multipliers.of(1.0 / ((float) Math.sqrt(inputScale) * outputScale));
    return new ReciprocalRoot(factor.multiplier()[0], factor.shift()[0]);
  }

  /** The int8 number for {@code x >= 0} steps above the input's zero point. */
  int of(int x, int zero) {
    if (x == 0) {
      return Byte.MAX_VALUE;
    }
    int kept = x == 1 ? FixedPoint.multiply(1, Integer.MAX_VALUE, KEPT_BITS) : root(x);
    int y = FixedPoint.multiply(kept, multiplier, shift - KEPT_BITS) + zero;
    return FixedPoint.clamp(y, Byte.MIN_VALUE, Byte.MAX_VALUE);
  }

  /** {@code 2^20 / sqrt(x)} for 1 < x < 2^29. */
  private static int root(int x) {
    int pairs = (Integer.numberOfLeadingZeros(x) - 1) / 2 - 1;
    int right = 11 - pairs;
    // 1/2 <= scaled < 2, with 3 integer bits; scaled^-1/2 comes out
    int scaled = x << 2 * pairs >> 1;
    int half = FixedPoint.divide(scaled, 1);
    int root = 1 << 28;
    for (int step = 0; step < 5; step++) {
      int cube = left(product(product(root, root), root), 6);
      root = left(product((1 << 28) + (1 << 27), root) - product(half, cube), 3);
    }
    return FixedPoint.multiply(1, product(root, HALF_ROOT_2), KEPT_BITS - right);
  }

  private static int product(int a, int b) {
    return FixedPoint.highProduct(a, b);
  }

  private static int left(int x, int by) {
    return (int) Math.max(Integer.MIN_VALUE, Math.min(Integer.MAX_VALUE, (long) x << by));
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.octet.reference;

/**
 * 1 / sqrt(v) as a factor multiplier * 2^(shift - 31), in TensorFlow Lite's steps: v is scaled by
 * powers of 4 to [2^27, 2^29), then come five steps of Newton's method in units of 2^-28. 0 and 1
 * count as 1.
 */
record InverseRoot(int multiplier, int shift) {
  static InverseRoot of(int v) {
    if (v <= 1) {
      return new InverseRoot(Integer.MAX_VALUE, 0);
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
      int difference = Rounding.highProduct(threeHalves, x) - Rounding.highProduct(half, cube);
      x = raised(difference, 3);
    }
    x = Rounding.highProduct(x, 1518500250); // sqrt(1/2)
    return right >= 0 ? new InverseRoot(x, -right) : new InverseRoot(x << -right, 0);
  }

  /** x * 2^n, saturating. */
  private static int raised(int x, int n) {
    return Rounding.clamp((long) x << n, Integer.MIN_VALUE, Integer.MAX_VALUE);
  }
}

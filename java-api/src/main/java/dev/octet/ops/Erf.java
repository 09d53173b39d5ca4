// SPDX-License-Identifier: Apache-2.0
package dev.octet.ops;

/** The complementary error function in float64, which the platform lacks. */
final class Erf {
  private static final double SERIES_LIMIT = 2.5;

  private Erf() {}

  /** {@code 1 - erf(x)}; relative error below 1e-13 for x up to 26, where it becomes 0. */
  static double erfc(double x) {
    if (x < SERIES_LIMIT) {
      return x <= -SERIES_LIMIT ? 2 - fraction(-x) : 1 - series(x);
    }
    return fraction(x);
  }

  /** {@code erf(x) = 2 / sqrt(pi) * e^(-x^2) * sum of x (2 x^2)^n / (1 * 3 * ... * (2 n + 1))}. */
  private static double series(double x) {
    double term = x;
    double sum = x;
    for (int n = 1; Math.abs(term) > 1e-18 * Math.abs(sum); n++) {
      term *= 2 * x * x / (2 * n + 1);
      sum += term;
    }
    return 2 / StrictMath.sqrt(Math.PI) * StrictMath.exp(-x * x) * sum;
  }

  /** {@code erfc(x) = e^(-x^2) / sqrt(pi) / (x + (1/2) / (x + 1 / (x + (3/2) / (x + ...))))}. */
  private static double fraction(double x) {
    if (!(x < 27)) {
      return x == x ? 0 : x;
    }
    double tail = x;
    for (int n = 120; n > 0; n--) {
      tail = x + 0.5 * n / tail;
    }
    return StrictMath.exp(-x * x) / StrictMath.sqrt(Math.PI) / tail;
  }
}

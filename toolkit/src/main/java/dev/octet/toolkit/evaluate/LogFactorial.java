// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.evaluate;

/** The natural logarithm of {@code n!}. */
final class LogFactorial {
  private static final int SMALL = 256;
  private static final double[] TABLE = table();
  private static final double HALF_LN_2_PI = 0.5 * Math.log(2 * Math.PI);

  private LogFactorial() {}

  private static double[] table() {
    double[] table = new double[SMALL];
    for (int i = 2; i < SMALL; i++) {
      table[i] = table[i - 1] + Math.log(i);
    }
    return table;
  }

  /**
   * @param n not negative
   */
  static double of(long n) {
    if (n < SMALL) {
      return TABLE[(int) n];
    }
    // Stirling's series; the next term, 1 / (1260 n^5), is below 1e-15 here
    double x = n;
    return (x + 0.5) * Math.log(x) - x + HALF_LN_2_PI + 1 / (12 * x) - 1 / (360 * x * x * x);
  }
}

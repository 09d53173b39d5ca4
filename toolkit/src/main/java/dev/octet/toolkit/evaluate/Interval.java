// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.evaluate;

/**
 * A 95 % confidence interval.
 *
 * @param low its lower end
 * @param high its upper end
 */
public record Interval(double low, double high) {
  /** The 97.5 % quantile of the standard normal distribution. */
  static final double Z = 1.959963984540054;

  /**
   * Wilson's score interval of a share {@code p = right / n} (Wilson 1927, JASA 22:209): {@code (p
   * + z^2 / 2n -+ z sqrt(p (1 - p) / n + z^2 / 4n^2)) / (1 + z^2 / n)}.
   *
   * @param right 0 to {@code n}
   * @param n at least 1
   */
  public static Interval ofShare(long right, long n) {
    if (n < 1 || right < 0 || right > n) {
      throw new IllegalArgumentException(right + " of " + n + " is no share");
    }
    double p = (double) right / n;
    double z2 = Z * Z / n;
    double half = Z * Math.sqrt(p * (1 - p) / n + z2 / (4 * n));
    double centre = p + z2 / 2;
    double low = right == 0 ? 0 : (centre - half) / (1 + z2);
    double high = right == n ? 1 : (centre + half) / (1 + z2);
    return new Interval(low, high);
  }

  /** True when {@code value} is not outside. */
  public boolean contains(double value) {
    return low <= value && value <= high;
  }

  /** Both ends times {@code factor}, which is positive. */
  Interval times(double factor) {
    return new Interval(low * factor, high * factor);
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.evaluate;

import java.util.Locale;

/** How numbers are written for people. */
final class Numbers {
  private Numbers() {}

  /** {@code 97.43 %}, or four significant digits. */
  static String value(double value, boolean percent) {
    return percent ? String.format(Locale.ROOT, "%.2f %%", 100 * value) : digits(value);
  }

  /** In points with two decimals, or four significant digits. */
  static String difference(double value, boolean percent) {
    return percent ? String.format(Locale.ROOT, "%.2f", 100 * value) : digits(value);
  }

  static String digits(double value) {
    if (value == 0 || !Double.isFinite(value)) {
      return value == 0 ? "0" : String.valueOf(value);
    }
    double size = Math.abs(value);
    if (size >= 1e6 || size < 1e-4) {
      return String.format(Locale.ROOT, "%.3g", value);
    }
    int decimals = Math.max(0, 3 - (int) Math.floor(Math.log10(size)));
    return String.format(Locale.ROOT, "%." + decimals + "f", value);
  }

  static String micros(double micros) {
    return String.format(Locale.ROOT, micros < 100 ? "%.2f" : "%,.1f", micros);
  }

  static String decibels(double db) {
    return Double.isInfinite(db) ? "no noise" : String.format(Locale.ROOT, "%.1f dB", db);
  }
}

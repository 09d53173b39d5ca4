// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.debug;

import java.util.List;
import java.util.Locale;

/** How numbers are written for people. */
final class Words {
  private static final int MOST_NAMES = 3;

  private Words() {}

  /** Three significant digits. */
  static String number(double value) {
    double size = Math.abs(value);
    if (value == 0 || !Double.isFinite(value)) {
      return value == 0 ? "0" : String.valueOf(value);
    }
    if (size >= 1e5 || size < 1e-3) {
      return String.format(Locale.ROOT, "%.2e", value);
    }
    int decimals = Math.max(0, 2 - (int) Math.floor(Math.log10(size)));
    return String.format(Locale.ROOT, "%." + decimals + "f", value);
  }

  static String decibels(double value) {
    if (Double.isInfinite(value)) {
      return value > 0 ? "exact" : "lost";
    }
    // rounding of float32 alone is no noise
    return value > 120 ? "exact" : String.format(Locale.ROOT, "%.1f dB", value);
  }

  /** A difference of decibels. */
  static String gain(double decibels) {
    if (Double.isInfinite(decibels)) {
      return decibels > 0 ? "all noise gone" : "all signal lost";
    }
    // no -0.0
    return String.format(Locale.ROOT, "%+.1f dB", Math.rint(10 * decibels) / 10 + 0.0);
  }

  /** A share in percent with two significant digits. */
  static String percent(double share) {
    double percent = 100 * share;
    if (percent == 0 || percent >= 10) {
      return String.format(Locale.ROOT, "%.0f %%", percent);
    }
    return percent < 0.01
        ? "<0.01 %"
        : String.format(Locale.ROOT, percent < 1 ? "%.2f %%" : "%.1f %%", percent);
  }

  /** A share in percent with two decimals. */
  static String accuracy(double share) {
    return String.format(Locale.ROOT, "%.2f %%", 100 * share);
  }

  /** {@code a, b, c and 4 others}. */
  static String names(List<String> names) {
    if (names.size() <= MOST_NAMES) {
      return String.join(", ", names);
    }
    return String.join(", ", names.subList(0, MOST_NAMES))
        + " and "
        + (names.size() - MOST_NAMES)
        + " others";
  }
}

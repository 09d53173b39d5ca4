// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.cli;

import java.util.Locale;

/** Microseconds as text, with as many digits as say something. */
final class Micros {
  private Micros() {}

  static String text(double micros) {
    return String.format(
        Locale.ROOT, micros < 9.9995 ? "%.3f" : micros < 99.995 ? "%.2f" : "%.1f", micros);
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.octet.reference;

/** The steps of a recurrent network: x is [batch][k], [time][batch][k] or [batch][time][k]. */
record Sequence(int steps, int batch, boolean timeMajor, boolean reverse) {
  static Sequence of(Operand x, boolean timeMajor, boolean reverse) {
    return x.rank() == 2
        ? new Sequence(1, x.dim(0), true, reverse)
        : new Sequence(x.dim(timeMajor ? 0 : 1), x.dim(timeMajor ? 1 : 0), timeMajor, reverse);
  }

  /** The time of the step that is taken i-th. */
  int time(int i) {
    return reverse ? steps - 1 - i : i;
  }

  /** The row of x or y of a time. */
  int row(int t, int b) {
    return timeMajor ? t * batch + b : b * steps + t;
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.cli;

import dev.octet.Interpreter;
import dev.octet.Profile;

/**
 * Runs with and without a profile in turn, so that both see the same machine. Of the rounds each
 * takes the one that the rest of the machine disturbed least.
 *
 * @param profile of the round whose instructions took least together
 * @param wholeMicros of a run without profile, its call included: the mean of the best round
 */
record ProfileRounds(Profile profile, double wholeMicros) {
  /** Of a round: long beside the clock, short beside the time slices of a busy machine. */
  private static final double ROUND_MICROS = 1000;

  /**
   * @param micros that a run takes, about
   * @param seconds for all of it
   */
  static ProfileRounds measure(Interpreter interpreter, double micros, double seconds) {
    int runs = (int) Math.max(1, Math.min(1e6, ROUND_MICROS / Math.max(0.01, micros)));
    int rounds = (int) Math.max(1, Math.min(1e6, seconds * 1e6 / (2 * runs * micros)));
    Profile best = null;
    double whole = Double.POSITIVE_INFINITY;
    for (int round = 0; round < rounds; round++) {
      long before = System.nanoTime();
      for (int i = 0; i < runs; i++) {
        interpreter.run();
      }
      whole = Math.min(whole, (System.nanoTime() - before) / 1e3 / runs);
      Profile profile = interpreter.profile(runs);
      if (best == null || nanos(profile) < nanos(best)) {
        best = profile;
      }
    }
    return new ProfileRounds(best, whole);
  }

  /** What the instructions took in all runs together. */
  static long nanos(Profile profile) {
    return profile.entries().stream().mapToLong(Profile.Entry::nanos).sum();
  }

  /** What the instructions took in one run. */
  double sumMicros() {
    return nanos(profile) / 1e3 / profile.runs();
  }
}

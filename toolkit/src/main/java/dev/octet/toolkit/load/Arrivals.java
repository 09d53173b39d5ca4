// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.load;

import java.util.SplittableRandom;

/**
 * When requests are due, whether or not the ones before are done: at one distance, or by a Poisson
 * process (exponential distances), which queues even where there is time for all.
 */
public final class Arrivals {
  /** The distances between arrivals. */
  public enum Kind {
    FIXED,
    POISSON
  }

  private final Kind kind;
  private final double meanNanos;
  private final SplittableRandom random;
  private double next;

  /**
   * @param perSecond greater than 0
   * @param seed of the distances of POISSON
   */
  public Arrivals(Kind kind, double perSecond, long seed) {
    if (!(perSecond > 0 && perSecond <= 1e9)) {
      throw new IllegalArgumentException(perSecond + " requests/s are not in (0, 1e9]");
    }
    this.kind = kind;
    this.meanNanos = 1e9 / perSecond;
    this.random = new SplittableRandom(seed);
  }

  /** Nanoseconds from the start to the next arrival; for any thread. */
  public synchronized long next() {
    double now = next;
    next += kind == Kind.FIXED ? meanNanos : -meanNanos * Math.log1p(-random.nextDouble());
    return (long) now;
  }
}

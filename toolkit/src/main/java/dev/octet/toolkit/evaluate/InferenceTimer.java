// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.evaluate;

import dev.octet.Interpreter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CancellationException;

/**
 * Measures models side by side: they take turns in rounds, so that a machine that slows down slows
 * all of them down. Inputs hold what the last sample left there.
 */
final class InferenceTimer {
  private static final int ROUNDS = 10;

  private InferenceTimer() {}

  /**
   * @param lane whose interpreters run
   * @param models how many there are
   * @param each how long a model is measured, in all rounds together; warming up takes a fifth more
   */
  static List<Timing> measure(Lane lane, int models, Duration each) {
    List<Measured> measured = new ArrayList<>();
    for (int m = 0; m < models; m++) {
      measured.add(new Measured(lane.interpreter(m)));
    }
    long round = Math.max(1, each.toNanos() / ROUNDS);
    measured.forEach(one -> one.run(2 * round, false));
    for (int r = 0; r < ROUNDS; r++) {
      measured.forEach(one -> one.run(round, true));
    }
    return measured.stream().map(Measured::timing).toList();
  }

  private static final class Measured {
    private final Interpreter interpreter;
    private long[] nanos = new long[1024];
    private int runs;

    Measured(Interpreter interpreter) {
      this.interpreter = interpreter;
    }

    void run(long budget, boolean keep) {
      long start = System.nanoTime();
      long before = start;
      while (before - start < budget) {
        if (Thread.currentThread().isInterrupted()) {
          throw new CancellationException("interrupted while measuring time");
        }
        before = System.nanoTime();
        interpreter.run();
        long after = System.nanoTime();
        if (keep) {
          if (runs == nanos.length) {
            nanos = Arrays.copyOf(nanos, 2 * runs);
          }
          nanos[runs++] = after - before;
        }
        before = after;
      }
    }

    Timing timing() {
      Arrays.sort(nanos, 0, runs);
      double median = (nanos[(runs - 1) / 2] + nanos[runs / 2]) / 2.0;
      return new Timing(median / 1e3, nanos[0] / 1e3, runs);
    }
  }
}

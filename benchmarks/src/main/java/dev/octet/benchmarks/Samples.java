// SPDX-License-Identifier: Apache-2.0
package dev.octet.benchmarks;

import java.util.Arrays;

/** Times of one contender, in microseconds a run. */
final class Samples {
  /** Below this much time the clock itself would be measured. */
  private static final long BATCH_NANOS = 20_000;

  private double[] micros = new double[1024];
  private int count;

  /** Runs for the given time and adds a sample for each batch of runs. */
  void measure(Contender contender, double seconds) {
    int batch = batch(contender);
    long end = System.nanoTime() + (long) (seconds * 1e9);
    long before = System.nanoTime();
    do {
      for (int i = 0; i < batch; i++) {
        contender.run();
      }
      long after = System.nanoTime();
      add((after - before) / 1e3 / batch);
      before = after;
    } while (before < end);
  }

  /** Runs in a batch; finding it also warms caches that the other contender has filled. */
  private static int batch(Contender contender) {
    for (int batch = 1; ; batch *= 2) {
      long before = System.nanoTime();
      for (int i = 0; i < batch; i++) {
        contender.run();
      }
      if (System.nanoTime() - before >= BATCH_NANOS) {
        return batch;
      }
    }
  }

  void add(double each) {
    if (count == micros.length) {
      micros = Arrays.copyOf(micros, 2 * count);
    }
    micros[count++] = each;
  }

  void addAll(Samples other) {
    for (int i = 0; i < other.count; i++) {
      add(other.micros[i]);
    }
  }

  int count() {
    return count;
  }

  double minimum() {
    return Arrays.stream(micros, 0, count).min().orElse(Double.NaN);
  }

  double mean() {
    return Arrays.stream(micros, 0, count).average().orElse(Double.NaN);
  }

  double median() {
    double[] sorted = Arrays.copyOf(micros, count);
    Arrays.sort(sorted);
    return count == 0 ? Double.NaN : (sorted[(count - 1) / 2] + sorted[count / 2]) / 2;
  }
}

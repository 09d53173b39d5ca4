// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.cli;

import com.google.gson.JsonObject;
import dev.octet.Interpreter;
import dev.octet.toolkit.text.Progress;
import java.util.Arrays;

/** How long runs take, each timed alone, as its caller sees it. */
final class RunTimes {
  private static final int WARM_UP_SHARE = 5;

  private RunTimes() {}

  /**
   * Microseconds of runs one after another, at least one, after a fifth of the time to warm up.
   *
   * @param seconds to measure
   */
  static Percentiles measure(Interpreter interpreter, double seconds, Progress progress) {
    long budget = (long) (seconds * 1e9);
    long warm = System.nanoTime() + budget / WARM_UP_SHARE;
    do {
      interpreter.run();
    } while (System.nanoTime() < warm);
    double[] micros = new double[1024];
    int count = 0;
    long start = System.nanoTime();
    long before;
    do {
      before = System.nanoTime();
      interpreter.run();
      long after = System.nanoTime();
      if (count == micros.length) {
        micros = Arrays.copyOf(micros, 2 * count);
      }
      micros[count++] = (after - before) / 1e3;
      progress.update(after - start, budget);
    } while (System.nanoTime() - start < budget);
    return new Percentiles(Arrays.copyOf(micros, count));
  }

  /** Microseconds of one run. */
  static double one(Interpreter interpreter) {
    long before = System.nanoTime();
    interpreter.run();
    return (System.nanoTime() - before) / 1e3;
  }

  /** Adds the least and the percentiles. */
  static void addTo(JsonObject report, Percentiles times) {
    report.addProperty("runs", times.count());
    report.add("min_us", Json.number(times.min()));
    report.add("p50_us", Json.number(times.at(50)));
    report.add("p90_us", Json.number(times.at(90)));
    report.add("p99_us", Json.number(times.at(99)));
    report.add("p999_us", Json.number(times.at(99.9)));
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.octet.benchmarks;

import dev.octet.InterpreterOptions;
import dev.octet.Model;
import java.util.ArrayList;
import java.util.List;

/**
 * What a run costs beside its instructions: of a model whose output is its input, in nanoseconds;
 * the mean is the least of the rounds'.
 */
record CallCost(double least, double mean) {
  /** What is asked for. */
  static final double AT_MOST = 100;

  static CallCost measure(int rounds, double seconds) {
    try (Contender contender =
        Contender.octet(Model.load(CallBenchmark.identity()), new InterpreterOptions())) {
      new Samples().measure(contender, seconds);
      List<Samples> all = new ArrayList<>();
      for (int round = 0; round < rounds; round++) {
        Samples samples = new Samples();
        samples.measure(contender, seconds);
        all.add(samples);
      }
      double least = all.stream().mapToDouble(Samples::minimum).min().orElse(Double.NaN);
      return new CallCost(1e3 * least, 1e3 * Comparison.mean(all));
    }
  }
}

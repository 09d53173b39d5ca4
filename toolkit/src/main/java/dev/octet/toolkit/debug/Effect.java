// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.debug;

import dev.octet.toolkit.evaluate.Comparison;
import dev.octet.toolkit.evaluate.MetricDifference;
import dev.octet.toolkit.evaluate.OutputAgreement;
import java.util.OptionalDouble;

/**
 * How good a quantized model is, on the samples.
 *
 * @param sqnr of its outputs against the float model's in dB, of the worst output
 * @param sameClass share of samples of which it chooses the float model's class; NaN where outputs
 *     are no classes
 * @param metric name of {@code accuracy}
 * @param accuracy a metric in percent, as a fraction; empty without labels
 */
public record Effect(double sqnr, double sameClass, String metric, OptionalDouble accuracy) {
  static Effect of(Comparison comparison) {
    double sqnr =
        comparison.agreement().outputs().stream()
            .mapToDouble(OutputAgreement::sqnr)
            .min()
            .orElse(Double.NaN);
    MetricDifference metric = comparison.accuracy().orElse(null);
    return new Effect(
        sqnr,
        comparison.agreement().sameClass(),
        metric == null ? "" : metric.name(),
        metric == null ? OptionalDouble.empty() : OptionalDouble.of(metric.value()));
  }

  /** Points of accuracy that this one has more than {@code before}; 0 without labels. */
  public double points(Effect before) {
    return accuracy.isPresent() && before.accuracy.isPresent()
        ? 100 * (accuracy.getAsDouble() - before.accuracy.getAsDouble())
        : 0;
  }

  /** Decibels of the outputs' SQNR that this one has more; 0 where both have no noise. */
  public double decibels(Effect before) {
    return sqnr == before.sqnr ? 0 : sqnr - before.sqnr;
  }
}

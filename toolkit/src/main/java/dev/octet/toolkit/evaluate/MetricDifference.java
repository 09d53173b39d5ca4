// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.evaluate;

import java.util.Optional;

/**
 * One metric of a model against the baseline's, on the same samples.
 *
 * @param name of the metric
 * @param kind of the metric
 * @param higherIsBetter of the metric
 * @param baseline the baseline's value
 * @param value the model's value
 * @param loss how much worse the model is, in the metric's unit: negative when it is better
 * @param interval the 95 % confidence interval of {@code loss}, from pairs: {@link
 *     PairedCounts#interval} for a share, else {@link Bootstrap}
 * @param pairs of a share: how many samples were lost and won
 */
public record MetricDifference(
    String name,
    Metric.Kind kind,
    boolean higherIsBetter,
    double baseline,
    double value,
    double loss,
    Interval interval,
    Optional<PairedCounts> pairs) {
  /** What the interval allows to say. */
  public enum Verdict {
    /** No sample differs, as far as can be told. */
    SAME,
    /** The interval contains 0. */
    NO_EVIDENCE,
    /** The whole interval is on the worse side. */
    WORSE,
    /** The whole interval is on the better side. */
    BETTER,
    /** The metric is not a number, or of too few samples ({@link Bootstrap}). */
    UNKNOWN
  }

  static MetricDifference of(
      Metric metric, MetricValue baseline, MetricValue model, int[] labels, Bootstrap bootstrap) {
    double sign = metric.higherIsBetter() ? -1 : 1;
    if (metric.kind() == Metric.Kind.SHARE) {
      PairedCounts pairs = PairedCounts.of(baseline.values(), model.values());
      Interval won = pairs.interval();
      Interval loss = metric.higherIsBetter() ? new Interval(-won.high(), -won.low()) : won;
      return new MetricDifference(
          metric.name(),
          metric.kind(),
          metric.higherIsBetter(),
          baseline.value(),
          model.value(),
          sign * pairs.difference() + 0.0,
          loss,
          Optional.of(pairs));
    }
    int n = labels.length;
    double[] before = new double[n];
    double[] after = new double[n];
    int[] with = new int[n];
    Interval interval =
        bootstrap.interval(
            n,
            drawn -> {
              for (int i = 0; i < n; i++) {
                before[i] = baseline.values()[drawn[i]];
                after[i] = model.values()[drawn[i]];
                with[i] = labels[drawn[i]];
              }
              return sign * (metric.overall(after, with) - metric.overall(before, with)) + 0.0;
            });
    return new MetricDifference(
        metric.name(),
        metric.kind(),
        metric.higherIsBetter(),
        baseline.value(),
        model.value(),
        sign * (model.value() - baseline.value()) + 0.0,
        interval,
        Optional.empty());
  }

  /** True for a metric that is shown in percent, its differences in points. */
  public boolean percent() {
    return kind != Metric.Kind.NUMBER;
  }

  /** {@link #loss} in points: 100 times it. */
  public double lossPoints() {
    return 100 * loss;
  }

  /** What can be said. */
  public Verdict verdict() {
    boolean same =
        pairs.map(p -> p.lost() + p.won() == 0).orElse(interval.low() == 0 && interval.high() == 0);
    if (same || loss == 0 && Double.isNaN(interval.low())) {
      return Verdict.SAME;
    }
    if (Double.isNaN(loss) || Double.isNaN(interval.low())) {
      return Verdict.UNKNOWN;
    }
    if (interval.contains(0)) {
      return Verdict.NO_EVIDENCE;
    }
    return interval.low() > 0 ? Verdict.WORSE : Verdict.BETTER;
  }

  /**
   * One line for people: {@code top-1: 0.12 points worse (95 %: 0.05 better to 0.29 worse): no
   * evidence of a loss}.
   */
  public String sentence() {
    Verdict verdict = verdict();
    if (verdict == Verdict.SAME) {
      return name + ": the same on every sample";
    }
    if (verdict == Verdict.UNKNOWN) {
      return Double.isNaN(loss)
          ? name + ": not a number, so nothing can be said"
          : name + ": " + side(loss, true) + " on samples too few to tell it from chance";
    }
    String conclusion =
        switch (verdict) {
          case WORSE -> "worse beyond chance";
          case BETTER -> "better beyond chance";
          default -> loss > 0 ? "no evidence of a loss" : "no evidence of a difference";
        };
    return name + ": " + side(loss, true) + " (95 %: " + range() + "): " + conclusion;
  }

  private String range() {
    if (interval.low() > 0 || interval.high() < 0) {
      double from = interval.low() > 0 ? interval.low() : interval.high();
      double to = interval.low() > 0 ? interval.high() : interval.low();
      return Numbers.difference(Math.abs(from), percent()) + " to " + side(to, false);
    }
    return side(interval.low(), false) + " to " + side(interval.high(), false);
  }

  private String side(double amount, boolean unit) {
    String size = Numbers.difference(Math.abs(amount), percent());
    String points = unit && percent() ? " points" : "";
    return amount == 0 ? "no difference" : size + points + (amount > 0 ? " worse" : " better");
  }
}

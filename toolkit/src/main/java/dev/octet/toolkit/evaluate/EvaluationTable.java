// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.evaluate;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The models side by side, as cells for any kind of table. */
public final class EvaluationTable {
  private EvaluationTable() {}

  /** What the columns hold. */
  public static List<String> headings(Evaluations all) {
    List<String> cells = new ArrayList<>(List.of("model"));
    for (MetricValue metric : all.models().get(0).metrics()) {
      cells.add(metric.name());
      cells.add("95 %");
    }
    if (all.models().size() > 1 && !all.models().get(0).classes().isEmpty()) {
      cells.add("same class");
    }
    if (all.models().size() > 1) {
      cells.add("SQNR");
    }
    cells.addAll(List.of("bytes", "gzip"));
    if (all.models().get(0).timing().isPresent()) {
      cells.addAll(List.of("median \u00b5s", "min \u00b5s"));
    }
    cells.add("memory");
    return cells;
  }

  /** One model's cells. */
  public static List<String> row(Evaluations all, Evaluation model) {
    List<String> cells = new ArrayList<>(List.of(model.name()));
    for (MetricValue metric : model.metrics()) {
      boolean percent = metric.kind() != Metric.Kind.NUMBER;
      cells.add(Numbers.value(metric.value(), percent));
      cells.add(
          Double.isNaN(metric.interval().low())
              ? "\u2013"
              : Numbers.difference(metric.interval().low(), percent)
                  + " to "
                  + Numbers.difference(metric.interval().high(), percent));
    }
    if (all.models().size() > 1) {
      Agreement agreement = all.comparison(model.name()).map(Comparison::agreement).orElse(null);
      if (!model.classes().isEmpty()) {
        cells.add(agreement == null ? "\u2013" : Numbers.value(agreement.sameClass(), true));
      }
      boolean none = agreement == null || agreement.outputs().isEmpty();
      cells.add(none ? "\u2013" : Numbers.decibels(agreement.outputs().get(0).sqnr()));
    }
    cells.add(String.format(Locale.ROOT, "%,d", model.size().bytes()));
    cells.add(String.format(Locale.ROOT, "%,d", model.size().gzipBytes()));
    model
        .timing()
        .ifPresent(
            time -> {
              cells.add(Numbers.micros(time.medianMicros()));
              cells.add(Numbers.micros(time.minMicros()));
            });
    cells.add(String.format(Locale.ROOT, "%,d", model.memoryBytes()));
    return cells;
  }

  /** What the columns mean, for readers of a report. */
  public static String legend(Evaluations all) {
    String agreement =
        all.models().size() > 1
            ? (all.models().get(0).classes().isEmpty() ? "SQNR" : "same class, SQNR")
                + ": agreement with "
                + all.models().get(all.baseline()).name()
                + ", right or wrong; "
            : "";
    boolean measured = !all.models().get(0).metrics().isEmpty();
    return (measured ? "95 %: confidence interval of the value by itself; " : "")
        + agreement
        + "memory: activations of one interpreter and packed weights, in bytes";
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.evaluate;

import dev.octet.toolkit.report.Chart;
import dev.octet.toolkit.report.HtmlReport;
import dev.octet.toolkit.report.ReportTable;
import dev.octet.toolkit.report.ReportTable.Tone;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** Evaluations as parts of a report: verdicts, one table, plots, classes and lost samples. */
public final class EvaluationReport {
  private static final int MOST_CLASSES = 20;

  private EvaluationReport() {}

  /** A report of nothing but these evaluations. */
  public static HtmlReport of(Evaluations all, String machine) {
    HtmlReport report = new HtmlReport("Evaluation on " + all.dataSet());
    all.comparisons().forEach(each -> verdict(report, each));
    add(report, all, machine);
    return report;
  }

  /**
   * Adds everything but the verdicts to a report.
   *
   * @param machine what time was measured on
   */
  public static void add(HtmlReport report, Evaluations all, String machine) {
    report.note(String.format(Locale.ROOT, "%,d samples of %s", all.samples(), all.dataSet()));
    report.note(EvaluationText.conditions(all, machine));
    EvaluationText.warnings(all).forEach(line -> report.verdict(Tone.BAD, line));
    ReportTable table =
        new ReportTable(EvaluationTable.headings(all).toArray(String[]::new))
            .caption("Models side by side");
    all.models().forEach(model -> table.row(EvaluationTable.row(all, model).toArray()));
    report.table(table).note(EvaluationTable.legend(all));
    charts(report, all);
    for (Comparison comparison : all.comparisons()) {
      report.heading(comparison.model() + " against " + comparison.baseline());
      report.list(EvaluationText.sentences(all, comparison));
      classes(report, comparison);
      lost(report, all, comparison);
    }
  }

  private static void verdict(HtmlReport report, Comparison comparison) {
    if (comparison.metrics().isEmpty()) {
      return;
    }
    MetricDifference first = comparison.accuracy().orElse(comparison.metrics().get(0));
    Tone tone =
        switch (first.verdict()) {
          case WORSE -> Tone.WARNING;
          case UNKNOWN -> Tone.BAD;
          case SAME, BETTER -> Tone.GOOD;
          case NO_EVIDENCE -> Tone.PLAIN;
        };
    report.verdict(tone, comparison.model() + ": " + first.sentence());
  }

  private static void charts(HtmlReport report, Evaluations all) {
    List<Chart> charts = new ArrayList<>();
    int metrics = all.models().get(0).metrics().size();
    for (int k = 0; k < metrics; k++) {
      MetricValue metric = all.models().get(0).metrics().get(k);
      double factor = metric.kind() == Metric.Kind.NUMBER ? 1 : 100;
      String unit = metric.kind() == Metric.Kind.NUMBER ? "" : ", %";
      int at = k;
      charts.add(
          Chart.intervals(
              metric.name() + unit + ": 95 % interval of each model by itself",
              metric.name(),
              names(all.models()),
              numbers(all.models(), m -> factor * m.metrics().get(at).interval().low()),
              numbers(all.models(), m -> factor * m.metrics().get(at).interval().high())));
      if (!all.comparisons().isEmpty()) {
        charts.add(losses(all, at, factor, metric));
      }
    }
    charts.add(
        bars("Size", "bytes", all, "file", m -> m.size().bytes())
            .series("gzip", numbers(all.models(), m -> m.size().gzipBytes())));
    if (all.models().get(0).timing().isPresent()) {
      charts.add(
          bars("Time per inference", "\u00b5s", all, "median", m -> m.timing().get().medianMicros())
              .series("min", numbers(all.models(), m -> m.timing().get().minMicros())));
    }
    charts.add(
        bars("Memory", "bytes", all, "packed weights", m -> m.weightBytes())
            .series("one interpreter", numbers(all.models(), m -> m.interpreterBytes())));
    report.charts(charts.toArray(Chart[]::new));
  }

  private static Chart losses(Evaluations all, int k, double factor, MetricValue metric) {
    List<Comparison> some = all.comparisons();
    return Chart.intervals(
        metric.name()
            + (factor == 1 ? "" : ", points")
            + ": loss against "
            + some.get(0).baseline()
            + ", paired 95 % interval (right of 0 is worse)",
        "loss",
        some.stream().map(Comparison::model).toList(),
        numbers(some, c -> factor * c.metrics().get(k).interval().low()),
        numbers(some, c -> factor * c.metrics().get(k).interval().high()));
  }

  private static Chart bars(
      String title, String unit, Evaluations all, String name, ToDoubleFunction<Evaluation> of) {
    return Chart.bars(title, unit, names(all.models())).series(name, numbers(all.models(), of));
  }

  private static List<String> names(List<Evaluation> models) {
    return models.stream().map(Evaluation::name).toList();
  }

  private static <T> double[] numbers(List<T> all, ToDoubleFunction<T> of) {
    return all.stream().mapToDouble(of).toArray();
  }

  /** The classes that lost most, at most {@link #MOST_CLASSES} in the plot, all in the table. */
  private static void classes(HtmlReport report, Comparison comparison) {
    if (comparison.classes().isEmpty()) {
      return;
    }
    List<ClassDrop> worst =
        comparison.classes().stream()
            .sorted(Comparator.comparingDouble(ClassDrop::points).reversed())
            .toList();
    List<ClassDrop> shown = worst.subList(0, Math.min(MOST_CLASSES, worst.size()));
    report.charts(
        Chart.bars(
                "Points of accuracy that classes lost",
                "points",
                shown.stream().map(ClassDrop::name).toList())
            .series("lost", numbers(shown, ClassDrop::points)));
    ReportTable table = new ReportTable("class", "samples", "baseline", "model", "points lost");
    for (ClassDrop each : worst) {
      table.row(
          each.name(),
          each.samples(),
          Numbers.value((double) each.baselineRight() / each.samples(), true),
          Numbers.value((double) each.right() / each.samples(), true),
          String.format(Locale.ROOT, "%.2f", each.points()));
    }
    report.details(
        "All " + worst.size() + " classes, the worst first", inner -> inner.table(table));
  }

  private static void lost(HtmlReport report, Evaluations all, Comparison comparison) {
    if (comparison.lost().isEmpty()) {
      return;
    }
    ReportTable table = new ReportTable("sample", "class", "taken for");
    for (Flip flip : comparison.lost()) {
      table.row(flip.sample(), all.className(flip.label()), all.className(flip.predicted()));
    }
    report.details(
        "Samples that " + comparison.baseline() + " gets right and this model wrong",
        inner -> inner.table(table));
  }
}

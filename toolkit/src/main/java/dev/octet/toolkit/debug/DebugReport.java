// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.debug;

import dev.octet.toolkit.report.Chart;
import dev.octet.toolkit.report.HtmlReport;
import dev.octet.toolkit.report.ReportTable;
import dev.octet.toolkit.report.ReportTable.Tone;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.IntStream;

/** A diagnosis as a report: findings with plots, the course of the error, the whole ranking. */
public final class DebugReport {
  /** A plot of more channels cannot be read. */
  private static final int MOST_CHANNELS = 64;

  /** Channels whose ranges differ more are shown on a logarithmic axis. */
  private static final double LINEAR = 20;

  /** Noise below the last bits of float32 is drawn as none. */
  private static final double MOST_DB = 100;

  private DebugReport() {}

  /** A report of nothing but this. */
  public static HtmlReport of(Diagnosis found) {
    HtmlReport report = new HtmlReport("Quantization error by layer");
    add(report, found);
    return report;
  }

  /** Adds everything to a report. */
  public static void add(HtmlReport report, Diagnosis found) {
    report.note(found.quantized() + " against " + found.real());
    report.note(DebugText.conditions(found));
    report.verdict(tone(found.severity()), DebugText.verdict(found));
    found.remarks().forEach(remark -> report.verdict(Tone.WARNING, remark));
    course(report, found);
    for (Finding finding : found.findings()) {
      if (finding.prominent()) {
        report.heading(DebugText.heading(finding));
        finding(report, found, finding);
      } else {
        report.details(DebugText.heading(finding), inner -> finding(inner, found, finding));
      }
    }
    found
        .together()
        .ifPresent(
            trial -> {
              report.heading("All together");
              report.paragraph(DebugText.gain(trial, found.given()));
            });
    ranking(report, found);
  }

  private static Tone tone(Finding.Severity severity) {
    return switch (severity) {
      case SERIOUS -> Tone.BAD;
      case NOTABLE -> Tone.WARNING;
      case MINOR -> Tone.GOOD;
      case UNKNOWN -> Tone.PLAIN;
    };
  }

  private static void course(HtmlReport report, Diagnosis found) {
    report.heading("Along the network");
    report.paragraph(
        "Signal to noise of each layer's output, in order of execution; higher is better. "
            + DebugTable.LEGEND
            + ".");
    List<LayerError> layers = found.layers();
    double[] x = IntStream.range(0, layers.size()).asDoubleStream().toArray();
    report.charts(
        Chart.lines("Signal to noise", "layer, by its # in the table below", "dB", x)
            .series("in the whole", decibels(layers, LayerError::accumulated))
            .series("alone", decibels(layers, LayerError::isolated))
            .series("own", decibels(layers, LayerError::own)));
  }

  private static double[] decibels(List<LayerError> layers, Function<LayerError, Noise> of) {
    return layers.stream()
        .map(of)
        .mapToDouble(noise -> noise == null ? Double.NaN : Math.min(MOST_DB, noise.sqnr()))
        .toArray();
  }

  private static void finding(HtmlReport report, Diagnosis found, Finding finding) {
    report.list(finding.sentences());
    finding
        .best()
        .ifPresent(
            best ->
                report.verdict(
                    finding.severity() == Finding.Severity.MINOR ? Tone.PLAIN : Tone.GOOD,
                    DebugText.gain(best, found.given())));
    if (!finding.advice().isEmpty()) {
      report.paragraph("To do: " + finding.advice());
    }
    if (finding.tried().size() > 1) {
      tried(report, found, finding);
    }
    List<Chart> charts = new ArrayList<>();
    charts.add(histogram(finding.layer()));
    WeightError weights = finding.layer().weights();
    if (weights != null && weights.ranges().length > 1) {
      charts.add(channels("Range of weights by output channel", weights.ranges()));
    }
    if (finding.layer().channels().length > 1) {
      charts.add(channels("Range of outputs by channel", finding.layer().channels()));
    }
    report.charts(charts.toArray(Chart[]::new));
  }

  private static void tried(HtmlReport report, Diagnosis found, Finding finding) {
    ReportTable table = new ReportTable("tried", "outputs' SQNR", "won", "accuracy", "points won");
    for (Trial trial : finding.tried()) {
      Effect effect = trial.effect();
      double won = effect.decibels(found.given());
      table.row(
          trial.words(),
          Words.decibels(effect.sqnr()),
          ReportTable.cell(
              Words.gain(won), won >= 1 ? Tone.GOOD : won <= -1 ? Tone.BAD : Tone.PLAIN),
          effect.accuracy().isPresent()
              ? Words.accuracy(effect.accuracy().getAsDouble())
              : "\u2013",
          effect.accuracy().isPresent()
              ? String.format(Locale.ROOT, "%+.2f", effect.points(found.given()))
              : "\u2013");
    }
    report.table(table);
  }

  private static Chart histogram(LayerError layer) {
    Bins bins = layer.histogram();
    RangeUse range = layer.range();
    double[] inside = new double[bins.counts().length];
    double[] outside = new double[inside.length];
    for (int i = 0; i < inside.length; i++) {
      double middle = bins.from() + (i + 0.5) * bins.width();
      boolean held = range == null || middle >= range.least() && middle <= range.greatest();
      // on a logarithmic axis an empty bin is a gap
      double count = bins.counts()[i] == 0 ? Double.NaN : bins.counts()[i];
      inside[i] = held ? count : Double.NaN;
      outside[i] = held ? Double.NaN : count;
    }
    String title =
        range == null
            ? "Values of the float model"
            : "Values of the float model; "
                + range.type()
                + " holds "
                + Words.number(range.least())
                + " to "
                + Words.number(range.greatest());
    Chart chart =
        Chart.histogram(title, "value", bins.from(), bins.width(), inside.length).logarithmic();
    return chart.stacked().series("in the range", inside).series("clipped", outside);
  }

  private static Chart channels(String title, double[] ranges) {
    int shown = Math.min(MOST_CHANNELS, ranges.length);
    double[] some = new double[shown];
    double least = Double.POSITIVE_INFINITY;
    double greatest = 0;
    for (int i = 0; i < shown; i++) {
      // on a logarithmic axis a dead channel is a gap
      some[i] = ranges[i] == 0 ? Double.NaN : ranges[i];
      least = ranges[i] == 0 ? least : Math.min(least, ranges[i]);
      greatest = Math.max(greatest, ranges[i]);
    }
    String which = shown < ranges.length ? ", the first " + shown : "";
    List<String> names = IntStream.range(0, shown).mapToObj(String::valueOf).toList();
    Chart chart = Chart.columns(title + which, "channel", "greatest magnitude", names);
    return (greatest > LINEAR * least ? chart.logarithmic() : chart)
        .series("greatest magnitude", some);
  }

  private static void ranking(HtmlReport report, Diagnosis found) {
    List<String> headings = new ArrayList<>(List.of("#"));
    headings.addAll(DebugTable.HEADINGS);
    headings.addAll(List.of("mean error", "RMSE", "greatest", "cosine", "avoidable"));
    ReportTable table = new ReportTable(headings.toArray(String[]::new));
    table.caption("All layers, the worst first; # is the place in the order of execution");
    for (LayerError layer : found.ranked()) {
      List<Object> row = new ArrayList<>();
      row.add(found.layers().indexOf(layer));
      row.addAll(DebugTable.row(layer));
      Noise noise = layer.isolated() == null ? layer.accumulated() : layer.isolated();
      row.add(Words.number(noise.mean()));
      row.add(Words.number(noise.rmse()));
      row.add(Words.number(noise.max()));
      row.add(String.format(Locale.ROOT, "%.4f", noise.cosine()));
      RangeUse range = layer.range();
      row.add(
          range == null || !layer.ownsRange()
              ? "\u2013"
              : String.format(Locale.ROOT, "%.1f dB", range.avoidable()));
      if (Cause.of(layer) != Cause.NONE) {
        int fault = 1 + DebugTable.HEADINGS.indexOf("fault");
        row.set(fault, ReportTable.cell(row.get(fault), Tone.WARNING));
      }
      table.row(row.toArray());
    }
    report.heading("Ranking");
    report.paragraph(
        "By the noise that a layer adds to its own signal, plus what of it a better range would"
            + " take away. Mean error, RMSE, greatest error and cosine are those of the layer"
            + " alone.");
    report.table(table);
  }
}

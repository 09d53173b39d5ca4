// SPDX-License-Identifier: Apache-2.0
package dev.octet.benchmarks;

import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The speed table for people. */
final class SpeedReport {
  private static final String CLASS = "%-18s %-37s %-5s %9s %9s %9s %9s %7s %7s %7s  %s%n";
  private static final String MODEL = "%-37s %9s %9s %6s %9s %9s %6s %6s %6s  %s%n";
  private static final int NAME = 37;
  private static final int REASON = 90;

  private SpeedReport() {}

  static String head(Map<String, String> facts, ComparisonOptions options) {
    StringBuilder text = new StringBuilder();
    facts.forEach((name, value) -> text.append(String.format("%-9s %s%n", name, value)));
    text.append(
        String.format(
            Locale.ROOT,
            "%-9s %d rounds of %.3g s each in turn, 1 thread unless said%n%n",
            "run",
            options.rounds(),
            options.seconds()));
    text.append(
        String.format(
            CLASS,
            "class, us",
            "model",
            "",
            "octet",
            "other",
            "octet",
            "other",
            "ratio",
            "ratio",
            "at",
            ""));
    return text.append(
            String.format(
                CLASS, "", "", "", "min", "min", "median", "median", "min", "median", "least", ""))
        .toString();
  }

  static String row(SpeedLine line) {
    SpeedClass kind = line.kind();
    if (line.refusal() != null) {
      return String.format(
          "%-18s %-37s not measured: %s%n", kind.kind(), cut(line.model()), reason(line.refusal()));
    }
    boolean mean = kind.measure() == SpeedClass.Measure.MEAN;
    String notes = line.reached() ? "reached" : "NOT REACHED";
    if (kind.kind().startsWith("dense")) {
      notes += String.format(Locale.ROOT, ", %.0f GB/s", line.gigabytes());
    }
    return String.format(
        CLASS,
        kind.kind(),
        cut(line.model()),
        kind.numerics().name().toLowerCase(Locale.ROOT),
        micros(line.octet()),
        micros(line.other()),
        micros(line.octetMedian()),
        micros(line.otherMedian()),
        ratio(line.ratio()) + (mean ? "m" : ""),
        ratio(line.medianRatio()),
        ratio(kind.atLeast()),
        notes);
  }

  static String call(CallCost call) {
    return String.format(
        Locale.ROOT,
        "%n\"other\" is TensorFlow Lite, or Octet's own model behind \"to\"; m: of means, the least"
            + " of the rounds.%na call of Interpreter.run() takes %.1f ns, mean %.1f: at most %.0f"
            + " asked, %s%n",
        call.least(),
        call.mean(),
        CallCost.AT_MOST,
        call.mean() <= CallCost.AT_MOST ? "reached" : "NOT REACHED");
  }

  static String modelsHead() {
    return String.format("%n")
        + String.format(
            MODEL,
            "all models, us",
            "octet",
            "peer",
            "ratio",
            "octet",
            "peer",
            "ratio",
            "octet",
            "peer",
            "")
        + String.format(
            MODEL, "", "1 thread", "", "min", "2 threads", "", "min", "gain", "gain", "");
  }

  static String row(ModelLine line) {
    if (!line.compared()) {
      return String.format("%-37s not compared: %s%n", cut(line.model()), reason(line.refusal()));
    }
    String notes = line.outputs();
    notes = line.slower() ? "SLOWER; " + notes : notes;
    notes = line.twoReached() ? notes : "2 THREADS GAIN LESS; " + notes;
    return String.format(
        MODEL,
        cut(line.model()),
        micros(line.octet()),
        micros(line.peer()),
        ratio(line.ratio()),
        micros(line.octetTwo()),
        micros(line.peerTwo()),
        ratio(line.ratioTwo()),
        ratio(line.octet() / line.octetTwo()),
        ratio(line.peer() / line.peerTwo()),
        notes);
  }

  static String summary(List<ModelLine> models) {
    List<ModelLine> compared = models.stream().filter(ModelLine::compared).toList();
    List<String> slower =
        compared.stream().filter(ModelLine::slower).map(ModelLine::model).toList();
    List<String> two =
        compared.stream().filter(line -> !line.twoReached()).map(ModelLine::model).toList();
    double product =
        compared.stream().mapToDouble(line -> Math.log(line.ratio())).average().orElse(Double.NaN);
    return String.format(
        Locale.ROOT,
        "%n%d models compared, geometric mean of the ratios %.2f; slower than the peer: %s;%n"
            + "two threads neither gain what the peer's gain nor are needed to be faster: %s%n",
        compared.size(),
        Math.exp(product),
        slower.isEmpty() ? "none" : slower,
        two.isEmpty() ? "none" : two);
  }

  private static String cut(String name) {
    return name.length() <= NAME
        ? name
        : name.substring(0, NAME / 2) + "\u2026" + name.substring(name.length() - (NAME - 1) / 2);
  }

  private static String reason(String text) {
    return text.length() <= REASON ? text : text.substring(0, REASON) + "\u2026";
  }

  private static String micros(double value) {
    return String.format(Locale.ROOT, value < 10 ? "%.3f" : value < 100 ? "%.2f" : "%.0f", value);
  }

  private static String ratio(double value) {
    return String.format(Locale.ROOT, "%.2f", value);
  }
}

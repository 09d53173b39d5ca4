// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.debug;

import dev.octet.toolkit.text.TextTable;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;

/** A diagnosis as plain text. */
public final class DebugText {
  private DebugText() {}

  /**
   * Prints.
   *
   * @param most how many layers of the ranking the table shows
   */
  public static void print(PrintWriter out, Diagnosis found, int most) {
    out.println(found.quantized() + " against " + found.real());
    out.println(conditions(found));
    found.remarks().forEach(remark -> out.println("note: " + remark));
    out.println();
    TextTable table = new TextTable(DebugTable.HEADINGS);
    List<LayerError> shown = found.ranked().subList(0, Math.min(most, found.ranked().size()));
    shown.forEach(layer -> table.row(DebugTable.row(layer)));
    table.print(out);
    if (shown.size() < found.ranked().size()) {
      out.printf(
          Locale.ROOT, "... and %d layers more (--all)%n", found.ranked().size() - shown.size());
    }
    out.println("(" + DebugTable.LEGEND + ")");
    out.println();
    out.println(verdict(found));
    int number = 1;
    for (Finding finding : found.findings()) {
      if (!finding.prominent()) {
        continue;
      }
      out.println();
      out.println(number++ + ". " + heading(finding));
      finding.sentences().forEach(sentence -> out.println("   " + sentence));
      finding.best().ifPresent(best -> out.println("   " + gain(best, found.given())));
      if (!finding.advice().isEmpty()) {
        out.println("   To do: " + finding.advice());
      }
    }
    List<String> others =
        found.findings().stream()
            .filter(finding -> !finding.prominent() && finding.best().isPresent())
            .map(finding -> brief(finding.best().get(), found.given()))
            .toList();
    if (!others.isEmpty()) {
      out.println();
      out.println("Tried with little or no effect: " + String.join("; ", others) + ".");
    }
    found
        .together()
        .ifPresent(
            trial -> {
              out.println();
              out.println("All together: " + gain(trial, found.given()));
            });
  }

  static String heading(Finding finding) {
    String fault = DebugTable.fault(Cause.of(finding.layer()));
    String severity = finding.severity().name().toLowerCase(Locale.ROOT);
    return finding.layer()
        + (finding.cause() == Cause.NONE ? "" : ": " + fault)
        + (finding.severity() == Finding.Severity.UNKNOWN ? "" : ", " + severity);
  }

  static String conditions(Diagnosis found) {
    Effect given = found.given();
    StringBuilder line =
        new StringBuilder(
            String.format(
                Locale.ROOT,
                "%,d samples of %s; outputs' SQNR %s",
                found.samples(),
                found.dataSet(),
                Words.decibels(given.sqnr())));
    if (given.accuracy().isPresent() && found.realAccuracy().isPresent()) {
      line.append("; ")
          .append(given.metric())
          .append(' ')
          .append(Words.accuracy(given.accuracy().getAsDouble()))
          .append(", float ")
          .append(Words.accuracy(found.realAccuracy().getAsDouble()));
    }
    if (!Double.isNaN(given.sameClass())) {
      line.append("; same class as float for ").append(Words.percent(given.sameClass()));
    }
    return line.toString();
  }

  /** What the reader should take away. */
  static String verdict(Diagnosis found) {
    if (found.findings().isEmpty()) {
      return found.ranked().stream().allMatch(l -> l.harm() == Double.NEGATIVE_INFINITY)
          ? "Nothing differs from the float model."
          : "No changes were tried.";
    }
    List<Finding> serious =
        found.findings().stream()
            .filter(finding -> finding.severity() == Finding.Severity.SERIOUS)
            .toList();
    if (!serious.isEmpty()) {
      List<String> names = serious.stream().map(finding -> finding.layer().name()).toList();
      return (names.size() == 1 ? "One layer does" : names.size() + " layers do")
          + " harm that can be mended: "
          + Words.names(names)
          + ".";
    }
    Finding best =
        found.findings().stream()
            .filter(finding -> finding.best().isPresent())
            .max(
                java.util.Comparator.comparingDouble(
                    finding -> finding.best().get().effect().sqnr()))
            .orElse(null);
    String most =
        best == null
            ? ""
            : "; the most that a change of a single layer wins is "
                + Words.gain(Math.max(0, best.best().get().effect().decibels(found.given())))
                + " ("
                + best.best().get().words()
                + ")";
    return "Nothing stands out" + most + ".";
  }

  private static String brief(Trial trial, Effect given) {
    return trial.words() + " (" + Words.gain(trial.effect().decibels(given)) + ")";
  }

  /** What changes won: {@code keeping ...: output SQNR 12.0 -> 31.0 dB, top-1 61 % -> 97 %}. */
  static String gain(Trial trial, Effect given) {
    Effect after = trial.effect();
    StringBuilder line = new StringBuilder("With ").append(trial.words()).append(": ");
    double decibels = after.decibels(given);
    line.append(
        String.format(
            Locale.ROOT,
            "outputs %s (%s \u2192 %s)",
            Words.gain(decibels),
            Words.decibels(given.sqnr()),
            Words.decibels(after.sqnr())));
    if (after.accuracy().isPresent() && given.accuracy().isPresent()) {
      line.append(
          String.format(
              Locale.ROOT,
              ", %s %+.2f points (%s \u2192 %s)",
              after.metric(),
              after.points(given),
              Words.accuracy(given.accuracy().getAsDouble()),
              Words.accuracy(after.accuracy().getAsDouble())));
    }
    return line.append('.').toString();
  }
}

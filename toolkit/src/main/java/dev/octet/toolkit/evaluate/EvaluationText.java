// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.evaluate;

import dev.octet.toolkit.text.TextTable;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Evaluations as plain text: a table, then what each comparison found, in sentences. */
public final class EvaluationText {
  private EvaluationText() {}

  /**
   * Prints.
   *
   * @param machine what time was measured on
   */
  public static void print(PrintWriter out, Evaluations all, String machine) {
    out.printf(Locale.ROOT, "%,d samples of %s%n", all.samples(), all.dataSet());
    out.println(conditions(all, machine));
    out.println();
    TextTable table = new TextTable(EvaluationTable.headings(all));
    all.models().forEach(model -> table.row(EvaluationTable.row(all, model)));
    table.print(out);
    for (String line : warnings(all)) {
      out.println(line);
    }
    for (Comparison comparison : all.comparisons()) {
      out.println();
      out.println(comparison.model() + " against " + comparison.baseline());
      sentences(all, comparison).forEach(line -> out.println("  " + line));
    }
  }

  /** Such as {@code AMD EPYC 9R14, 2 processors, …, avx512vnni, 1 thread, exact}. */
  public static String conditions(Evaluations all, String machine) {
    int threads = all.options().threads();
    return String.join(
        ", ",
        machine,
        all.isa(),
        threads + (threads == 1 ? " thread" : " threads"),
        all.options().numerics().name().toLowerCase(Locale.ROOT));
  }

  /** What is wrong with outputs, a line a model concerned. */
  public static List<String> warnings(Evaluations all) {
    List<String> lines = new ArrayList<>();
    for (Evaluation model : all.models()) {
      model
          .firstNotFinite()
          .ifPresent(
              sample ->
                  lines.add(
                      String.format(
                          Locale.ROOT,
                          "%s: outputs of %,d samples hold NaN or infinity, first of %s",
                          model.name(),
                          model.notFinite(),
                          sample)));
    }
    return lines;
  }

  /** What a comparison found. */
  public static List<String> sentences(Evaluations all, Comparison comparison) {
    List<String> lines = new ArrayList<>();
    for (MetricDifference metric : comparison.metrics()) {
      lines.add(metric.sentence() + metric.pairs().map(EvaluationText::pairs).orElse(""));
    }
    Agreement agreement = comparison.agreement();
    if (!Double.isNaN(agreement.sameClass())) {
      lines.add(
          "the same class for "
              + Numbers.value(agreement.sameClass(), true)
              + " of the samples, right or wrong");
    }
    for (OutputAgreement output : agreement.outputs()) {
      lines.add(
          "output "
              + output.name()
              + ": differs by "
              + Numbers.digits(output.meanDifference())
              + " in the mean, "
              + Numbers.digits(output.greatestDifference())
              + " at most; SQNR "
              + Numbers.decibels(output.sqnr()));
    }
    if (!comparison.classes().isEmpty()) {
      lines.add(
          comparison
              .worstClass()
              .map(worst -> "worst " + worst.sentence())
              .orElse("no class lost accuracy"));
    }
    if (!comparison.lost().isEmpty()) {
      Flip first = comparison.lost().get(0);
      lines.add(
          "first sample lost: "
              + first.sample()
              + ", "
              + all.className(first.label())
              + " taken for "
              + all.className(first.predicted()));
    }
    return lines;
  }

  private static String pairs(PairedCounts pairs) {
    return pairs.lost() + pairs.won() == 0
        ? ""
        : String.format(
            Locale.ROOT,
            " (%,d lost and %,d won of %,d, McNemar mid-p %.2g)",
            pairs.lost(),
            pairs.won(),
            pairs.samples(),
            pairs.midP());
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.search;

import dev.octet.toolkit.evaluate.EvaluationTable;
import dev.octet.toolkit.evaluate.EvaluationText;
import dev.octet.toolkit.evaluate.Evaluations;
import dev.octet.toolkit.text.TextTable;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;

/** All modes of a model as text for a terminal. */
public final class AllModesText {
  private AllModesText() {}

  /**
   * Prints the table and what follows from it, the verdict last.
   *
   * @param machine that the times were measured on
   */
  public static void print(PrintWriter out, AllModes.Result result, String machine) {
    Evaluations all = result.evaluations();
    out.println(samples(result));
    warnings(result).forEach(out::println);
    out.println(EvaluationText.conditions(all, machine));
    out.println();
    TextTable table = new TextTable(EvaluationTable.headings(all));
    all.models().forEach(model -> table.row(EvaluationTable.row(all, model)));
    table.print(out);
    EvaluationText.warnings(all).forEach(out::println);
    out.println();
    result.verdict().models().forEach(each -> out.println(each.sentence()));
    result.failures().forEach((mode, reason) -> out.println(mode + " failed: " + reason));
    floats(result).forEach(out::println);
    out.println();
    out.println(result.verdict().sentence());
  }

  static String samples(AllModes.Result result) {
    return String.format(
        Locale.ROOT,
        "%s: calibrated on %,d samples of %s, measured on %,d of %s",
        result.source(),
        result.overlap().firstSize(),
        result.calibration(),
        result.evaluations().samples(),
        result.validation());
  }

  static List<String> warnings(AllModes.Result result) {
    return result.overlap().warning().stream().toList();
  }

  /** A line for each mode in which operators stay float that another mode would quantize. */
  static List<String> floats(AllModes.Result result) {
    return result.models().entrySet().stream()
        .filter(made -> !made.getKey().matches("float16|weight-only|dynamic"))
        .filter(made -> !made.getValue().kept().isEmpty())
        .map(
            made ->
                made.getKey()
                    + ": "
                    + made.getValue().kept().size()
                    + " operators stay as they were, the first is "
                    + made.getValue().kept().get(0))
        .toList();
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.search;

import dev.octet.toolkit.evaluate.EvaluationReport;
import dev.octet.toolkit.report.HtmlReport;
import dev.octet.toolkit.report.ReportTable;
import dev.octet.toolkit.report.ReportTable.Tone;
import java.nio.file.Path;
import java.util.Locale;

/** All modes of a model as a page. */
public final class AllModesReport {
  private AllModesReport() {}

  /**
   * @param machine that the times were measured on
   */
  public static HtmlReport of(AllModes.Result result, String machine) {
    Verdict verdict = result.verdict();
    HtmlReport report = new HtmlReport("All modes of " + Path.of(result.source()).getFileName());
    report.note(AllModesText.samples(result));
    AllModesText.warnings(result).forEach(line -> report.verdict(Tone.WARNING, line));
    boolean unknown =
        verdict.models().stream().allMatch(m -> m.judgement() == Verdict.Judgement.UNKNOWN);
    Tone none = unknown ? Tone.WARNING : Tone.BAD;
    report.verdict(verdict.chosen().isPresent() ? Tone.GOOD : none, verdict.sentence());
    ReportTable table = new ReportTable("mode", "accuracy", "smaller", "faster", "in words");
    for (Verdict.OfModel each : verdict.models()) {
      Tone tone =
          switch (each.judgement()) {
            case SOUND -> Tone.GOOD;
            case UNSURE -> Tone.WARNING;
            case POOR -> Tone.BAD;
            case UNKNOWN -> Tone.PLAIN;
          };
      table.row(
          each.name(),
          ReportTable.cell(each.judgement().name().toLowerCase(Locale.ROOT), tone),
          String.format(Locale.ROOT, "%.2fx", each.smaller()),
          Double.isNaN(each.faster()) ? "–" : String.format(Locale.ROOT, "%.2fx", each.faster()),
          each.sentence());
    }
    report.table(table);
    result.failures().forEach((mode, why) -> report.verdict(Tone.BAD, mode + " failed: " + why));
    AllModesText.floats(result).forEach(line -> report.verdict(Tone.PLAIN, line));
    report.heading("Measured");
    EvaluationReport.add(report, result.evaluations(), machine);
    return report;
  }
}

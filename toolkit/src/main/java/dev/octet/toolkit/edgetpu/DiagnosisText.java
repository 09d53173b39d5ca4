// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.edgetpu;

import java.util.List;

/** A {@link Diagnosis} as lines: mark, subject, text; below it what to do. */
public final class DiagnosisText {
  private static final int SUBJECT = 11;
  private static final String INDENT = " ".repeat(6 + SUBJECT);

  private DiagnosisText() {}

  /**
   * Lines of the findings, each with its end.
   *
   * <p>Lines are not broken at a width: many hold a command that is to be copied.
   */
  public static String of(List<Finding> findings) {
    StringBuilder text = new StringBuilder();
    for (Finding each : findings) {
      String mark =
          switch (each.kind()) {
            case OK -> "ok";
            case NOTE -> "note";
            case FAULT -> "FAULT";
          };
      text.append(pad(mark, 6)).append(pad(each.subject(), SUBJECT));
      text.append(each.text().strip().replaceAll("\\R", "\n" + INDENT)).append('\n');
      for (String step : each.remedy()) {
        text.append(INDENT).append(step.startsWith(" ") ? "   " : "-> ");
        text.append(step).append('\n');
      }
    }
    return text.toString();
  }

  /** The last line: whether a device can be used. */
  public static String verdict(Diagnosis diagnosis) {
    if (diagnosis.usable()) {
      return "An Edge TPU can be used.";
    }
    int faults = diagnosis.faults();
    return "No Edge TPU can be used: "
        + (faults == 1 ? "one fault" : faults + " faults")
        + ", see above.";
  }

  private static String pad(String text, int width) {
    return text + " ".repeat(Math.max(1, width - text.length()));
  }
}

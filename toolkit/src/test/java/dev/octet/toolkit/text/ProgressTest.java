// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

class ProgressTest {
  @Test
  void theBarIsDrawnInPlaceAndWiped() {
    StringWriter out = new StringWriter();
    try (Progress progress = Progress.on(new PrintWriter(out), "work")) {
      progress.update(1, 2);
      progress.update(2, 2);
    }
    String bar = "work [" + "#".repeat(15) + ".".repeat(15) + "]  50%";
    assertEquals("\r" + bar + "\r" + " ".repeat(bar.length()) + "\r", out.toString());
  }

  @Test
  void nothingToDoAndOverrunsAreWhole() {
    for (long[] pair : new long[][] {{5, 0}, {9, 3}}) {
      StringWriter out = new StringWriter();
      Progress.on(new PrintWriter(out, true), "x").update(pair[0], pair[1]);
      assertTrue(out.toString().endsWith("100%"), out.toString());
    }
  }

  @Test
  void ofAnUnknownTotalWhatIsDoneIsShown() {
    StringWriter out = new StringWriter();
    Progress progress = Progress.on(new PrintWriter(out, true), "x");
    progress.update(42, -1);
    assertEquals("\rx 42", out.toString());
  }

  @Test
  void stagesAreNamedAndLeaveNothingOfOneAnother() {
    StringWriter out = new StringWriter();
    Progress progress = Progress.on(new PrintWriter(out, true), "x");
    progress.update("a long stage", 0, -1);
    progress.update("a long stage", 1, 2);
    progress.update("b", 7, -1);
    assertEquals("\rx: a long stage ...\rx: b 7" + " ".repeat(13), out.toString());
  }
}

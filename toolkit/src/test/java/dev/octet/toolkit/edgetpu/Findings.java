// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.edgetpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;

/** What tests ask of a diagnosis. */
final class Findings {
  private Findings() {}

  /** The only fault, which must be about this subject. */
  static Finding fault(InventedFacts machine, String subject) {
    Diagnosis diagnosis = machine.diagnosis();
    assertEquals(1, diagnosis.faults(), diagnosis.findings().toString());
    assertFalse(diagnosis.clear());
    Finding found = diagnosis.findings().stream().filter(Findings::isFault).toList().get(0);
    assertEquals(subject, found.subject());
    assertFalse(found.remedy().isEmpty(), "nothing to do about " + found);
    return found;
  }

  static Finding only(InventedFacts machine, String subject) {
    List<Finding> found =
        machine.diagnosis().findings().stream()
            .filter(each -> each.subject().equals(subject))
            .toList();
    assertEquals(1, found.size(), found.toString());
    return found.get(0);
  }

  static boolean isFault(Finding finding) {
    return finding.kind() == Finding.Kind.FAULT;
  }

  static void says(Finding finding, String... words) {
    String all = finding.text() + "\n" + String.join("\n", finding.remedy());
    for (String word : words) {
      assertTrue(all.contains(word), "'" + word + "' is not in: " + all);
    }
  }

  static void doesNotSay(Finding finding, String word) {
    assertFalse(String.join("\n", finding.remedy()).contains(word), finding.toString());
  }
}

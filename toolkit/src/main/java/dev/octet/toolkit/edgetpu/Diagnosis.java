// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.edgetpu;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What the facts about this machine mean for whoever wants to use an Edge TPU on it: in order, from
 * Octet's own library to the opened device, each finding a fact or a fault with what to do.
 *
 * @param findings in order
 * @param usable true when a device was opened, and nothing is wrong with the model, if one was
 *     given
 */
public record Diagnosis(List<Finding> findings, boolean usable) {
  public Diagnosis {
    findings = List.copyOf(findings);
  }

  /**
   * Judges. With {@link Facts.Attempt#NONE} it tells whether opening a device makes sense: {@link
   * #clear}.
   *
   * @throws IllegalArgumentException when the facts' device is not written as {@code --device}
   *     takes it
   */
  public static Diagnosis of(Facts facts) {
    DeviceWish wish = DeviceWish.parse(facts.device());
    List<Finding> findings = new ArrayList<>();
    findings.add(LibraryFindings.octet(facts.octet()));
    findings.add(LibraryFindings.platform(facts.octet()));
    findings.add(LibraryFindings.library(facts.library()));
    findings.addAll(new BusFindings(wish, facts.host(), facts.library()).find());
    if (facts.model() != null) {
      findings.addAll(ModelFindings.of(facts.model(), facts.library()));
    }
    boolean opened = false;
    if (facts.attempt().made()) {
      findings.add(opening(facts, wish));
      opened = facts.attempt().failure() == null;
    }
    return new Diagnosis(findings, opened && faults(findings) == 0);
  }

  private static Finding opening(Facts facts, DeviceWish wish) {
    Facts.Attempt attempt = facts.attempt();
    if (attempt.failure() == null) {
      String name = wish.nameOf(facts.library().listed());
      return Finding.ok(
          "open",
          String.format(
              Locale.ROOT,
              "%s was opened%s and closed again (%.1f s)",
              name,
              facts.model() == null ? "" : ", took the model",
              attempt.seconds()));
    }
    return Finding.fault(
        "open",
        attempt.failure(),
        "it is listed and permitted: another process may have it (as root, octet edgetpu doctor"
            + " sees those of all users)",
        facts.host().container()
            ? "this is a container: that process may be on the host or in another container; or the"
                + " container was not given the device (USB: --device-cgroup-rule='c 189:* rmw')"
            : "when it was just plugged in, give it a few seconds",
        "plug it in again; a weak port or cable shows here first");
  }

  private static long faults(List<Finding> findings) {
    return findings.stream().filter(each -> each.kind() == Finding.Kind.FAULT).count();
  }

  /** The number of faults. */
  public int faults() {
    return (int) faults(findings);
  }

  /** True when nothing was found that is in the way. */
  public boolean clear() {
    return faults() == 0;
  }
}

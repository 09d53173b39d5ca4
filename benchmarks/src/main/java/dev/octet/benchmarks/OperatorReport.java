// SPDX-License-Identifier: Apache-2.0
package dev.octet.benchmarks;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Times of operators, a line each, the slowest beside the peer first. */
final class OperatorReport {
  private static final String ROW = "%-58s %9s %9s %9s %9s %6s %s%n";

  /** A ratio above which an operator is marked. */
  private static final double SLOW = 1.5;

  private OperatorReport() {}

  static String head(Map<String, String> facts, int cases, int rounds, double seconds) {
    StringBuilder text = new StringBuilder();
    facts.forEach((name, value) -> text.append(String.format("%-9s %s%n", name, value)));
    return text.append(
            String.format(
                Locale.ROOT,
                "%-9s %d cases, 1 thread each, Octet FAST, the peer's built-in kernels, %d rounds"
                    + " of %.3g s each in turn%n%n",
                "run",
                cases,
                rounds,
                seconds))
        .toString();
  }

  static String table(List<OperatorTimes> all) {
    List<OperatorTimes> compared = all.stream().filter(each -> each.refusal() == null).toList();
    StringBuilder text = new StringBuilder();
    text.append(String.format(ROW, "microseconds", "octet", "peer", "octet", "peer", "octet", ""));
    text.append(String.format(ROW, "", "min", "min", "median", "median", "/peer", ""));
    compared.stream()
        .sorted(Comparator.comparingDouble(OperatorTimes::ratio).reversed())
        .forEach(each -> text.append(row(each)));
    all.stream()
        .filter(each -> each.refusal() != null)
        .forEach(
            each ->
                text.append(
                    String.format("%-58s not compared: %s%n", each.title(), each.refusal())));
    long slow = compared.stream().filter(each -> each.ratio() > SLOW).count();
    return text.append(
            String.format(
                Locale.ROOT,
                "%nmore than %.1f of the peer's time: %d of %d%n",
                SLOW,
                slow,
                compared.size()))
        .toString();
  }

  private static String row(OperatorTimes times) {
    return String.format(
        ROW,
        times.title(),
        micros(times.octet().minimum()),
        micros(times.peer().minimum()),
        micros(times.octet().median()),
        micros(times.peer().median()),
        String.format(Locale.ROOT, "%.2f", times.ratio()),
        times.ratio() > SLOW ? "SLOW" : "");
  }

  private static String micros(double value) {
    return String.format(Locale.ROOT, value < 100 ? "%.2f" : "%.0f", value);
  }
}

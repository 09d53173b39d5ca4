// SPDX-License-Identifier: Apache-2.0
package dev.octet.benchmarks;

import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Results for people, a line a model, and for programs. */
final class ComparisonReport {
  private static final String ROW = "%-36s %10s %10s %10s %10s %7s %7s  %s%n";

  /** Of a reason, in the table; the JSON has the whole. */
  private static final int LONGEST = 160;

  private ComparisonReport() {}

  static String head(Map<String, String> facts, ComparisonOptions options) {
    StringBuilder text = new StringBuilder();
    facts.forEach((name, value) -> text.append(String.format("%-9s %s%n", name, value)));
    text.append(
        String.format(
            Locale.ROOT,
            "%-9s %d threads each, Octet %s, %d rounds of %.3g s each in turn%n%n",
            "run",
            options.threads(),
            options.numerics(),
            options.rounds(),
            options.seconds()));
    text.append(
        String.format(ROW, "microseconds", "octet", "peer", "octet", "peer", "peer/octet", "", ""));
    return text.append(
            String.format(ROW, "", "min", "min", "median", "median", "min", "median", "outputs"))
        .toString();
  }

  static String row(Comparison comparison) {
    if (comparison.refusal != null) {
      String reason = comparison.refusal;
      reason = reason.length() <= LONGEST ? reason : reason.substring(0, LONGEST) + "...";
      return String.format("%-36s not compared: %s%n", comparison.title, reason);
    }
    Samples octet = comparison.octetTimes();
    Samples peer = comparison.peerTimes();
    return String.format(
        ROW,
        comparison.title,
        micros(octet.minimum()),
        micros(peer.minimum()),
        micros(octet.median()),
        micros(peer.median()),
        ratio(peer.minimum() / octet.minimum()),
        ratio(peer.median() / octet.median()),
        outputs(comparison));
  }

  static String outputs(Comparison comparison) {
    if (comparison.difference.differing() == 0) {
      return "same";
    }
    return String.format(
        Locale.ROOT,
        "differ by %.2g of the greatest%s",
        comparison.difference.greatestRelative(),
        comparison.difference.sameFirsts() ? "" : ", TOP-1 DIFFERS");
  }

  private static String micros(double value) {
    return String.format(Locale.ROOT, value < 100 ? "%.2f" : "%.0f", value);
  }

  private static String ratio(double value) {
    return String.format(Locale.ROOT, "%.2f", value);
  }

  static String json(
      Map<String, String> facts, ComparisonOptions options, List<Comparison> comparisons) {
    JsonObject root = new JsonObject();
    JsonObject machine = new JsonObject();
    facts.forEach(machine::addProperty);
    root.add("machine", machine);
    root.addProperty("threads", options.threads());
    root.addProperty("numerics", options.numerics().name());
    root.addProperty("rounds", options.rounds());
    root.addProperty("seconds", options.seconds());
    JsonArray models = new JsonArray();
    comparisons.forEach(each -> models.add(json(each)));
    root.add("models", models);
    return new GsonBuilder().setPrettyPrinting().create().toJson(root) + "\n";
  }

  private static JsonObject json(Comparison comparison) {
    JsonObject model = new JsonObject();
    model.addProperty("model", comparison.title);
    if (comparison.refusal != null) {
      model.addProperty("refusal", comparison.refusal);
      return model;
    }
    model.add("octet", times(comparison.octetTimes(), comparison.octet));
    model.add("peer", times(comparison.peerTimes(), comparison.peer));
    double minima = comparison.peerTimes().minimum() / comparison.octetTimes().minimum();
    double medians = comparison.peerTimes().median() / comparison.octetTimes().median();
    model.addProperty("ratioOfMinima", minima);
    model.addProperty("ratioOfMedians", medians);
    model.addProperty("outputs", comparison.difference.toString());
    model.addProperty("sameTop1", comparison.difference.sameFirsts());
    return model;
  }

  private static JsonObject times(Samples all, List<Samples> rounds) {
    JsonObject times = new JsonObject();
    times.addProperty("minimumMicros", all.minimum());
    times.addProperty("medianMicros", all.median());
    times.addProperty("samples", all.count());
    JsonArray medians = new JsonArray();
    rounds.forEach(round -> medians.add(round.median()));
    times.add("medianMicrosOfRounds", medians);
    return times;
  }
}

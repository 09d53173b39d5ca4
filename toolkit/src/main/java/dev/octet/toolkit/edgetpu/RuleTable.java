// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.edgetpu;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.octet.toolkit.edgetpu.MappingRules.Rule;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** The rules themselves, for a person and as JSON. */
public final class RuleTable {
  private RuleTable() {}

  private static List<Rule> rules() {
    List<Rule> all = new ArrayList<>(MappingRules.TABLE);
    all.addAll(MappingRules.SEEN);
    return all;
  }

  /** Prints a line for each operator. */
  public static void print(PrintWriter out) {
    int width = rules().stream().mapToInt(rule -> rule.operator().name().length()).max().orElse(0);
    String format = "%-" + width + "s  %7s  %s";
    out.println(String.format(format, "operator", "runtime", "keeps to"));
    for (Rule rule : rules()) {
      String since = rule.since() == 0 ? "any" : String.valueOf(rule.since());
      String words =
          rule.limitations().stream().map(RuleTable::words).collect(Collectors.joining("; "));
      out.println(String.format(format, rule.operator().name(), since, words).stripTrailing());
    }
    out.println();
    out.println(
        "All: int8 or uint8 with scales; sizes and parameters constant; no dimension but the three"
            + " innermost larger than 1.");
  }

  private static String words(Limitation limitation) {
    return limitation.last() < MappingRules.NEWEST_RUNTIME
        ? limitation.words() + " (runtimes up to " + limitation.last() + ")"
        : limitation.first() > 0
            ? limitation.words() + " (runtimes from " + limitation.first() + " on)"
            : limitation.words();
  }

  /** An array with an object for each operator. */
  public static JsonArray json() {
    JsonArray array = new JsonArray();
    for (Rule rule : rules()) {
      JsonObject object = new JsonObject();
      object.addProperty("operator", rule.operator().name());
      object.addProperty("needs_runtime", rule.since());
      JsonArray limitations = new JsonArray();
      rule.limitations().forEach(limitation -> limitations.add(words(limitation)));
      object.add("limitations", limitations);
      array.add(object);
    }
    return array;
  }
}

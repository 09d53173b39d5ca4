// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.octet.Profile;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** A profile as a table in running order, then summed by operator, the most expensive first. */
final class ProfileTable {
  private ProfileTable() {}

  private record Sum(long nanos, int count) {
    Sum plus(Sum other) {
      return new Sum(nanos + other.nanos, count + other.count);
    }
  }

  private static long total(Profile profile) {
    return Math.max(1, profile.entries().stream().mapToLong(Profile.Entry::nanos).sum());
  }

  private static double micros(long nanos, Profile profile) {
    return nanos / 1e3 / profile.runs();
  }

  private static double gmacsPerSecond(Profile.Entry entry, Profile profile) {
    return entry.nanos() == 0 ? 0 : (double) entry.macs() * profile.runs() / entry.nanos();
  }

  static void print(PrintWriter out, Profile profile) {
    long total = total(profile);
    out.printf(
        "%4s  %-24s %-28s %10s %6s %8s  %s%n",
        "op", "operator", "kernel", "us", "%", "GMAC/s", "output");
    for (Profile.Entry entry : profile.entries()) {
      String rate =
          entry.macs() == 0
              ? ""
              : String.format(Locale.ROOT, "%.1f", gmacsPerSecond(entry, profile));
      out.printf(
          Locale.ROOT,
          "%4s  %-24s %-28s %10.2f %6.1f %8s  %s%n",
          entry.operatorIndex() < 0 ? "-" : Integer.toString(entry.operatorIndex()),
          entry.operator(),
          entry.kernel(),
          micros(entry.nanos(), profile),
          100.0 * entry.nanos() / total,
          rate,
          entry.output());
    }
    out.println();
    out.printf("%-24s %6s %10s %6s%n", "operator", "count", "us", "%");
    sums(profile).entrySet().stream()
        .sorted((a, b) -> Long.compare(b.getValue().nanos(), a.getValue().nanos()))
        .forEach(
            sum ->
                out.printf(
                    Locale.ROOT,
                    "%-24s %6d %10.2f %6.1f%n",
                    sum.getKey(),
                    sum.getValue().count(),
                    micros(sum.getValue().nanos(), profile),
                    100.0 * sum.getValue().nanos() / total));
    out.printf(
        Locale.ROOT,
        "%-24s %6d %10.2f   (%d runs; %.2f us a run with its call)%n",
        "all",
        profile.entries().size(),
        micros(total, profile),
        profile.runs(),
        micros(profile.totalNanos(), profile));
  }

  private static Map<String, Sum> sums(Profile profile) {
    Map<String, Sum> sums = new LinkedHashMap<>();
    for (Profile.Entry entry : profile.entries()) {
      sums.merge(entry.operator(), new Sum(entry.nanos(), 1), Sum::plus);
    }
    return sums;
  }

  /** An array with an object for each instruction, in running order. */
  static JsonArray json(Profile profile) {
    JsonArray array = new JsonArray();
    for (Profile.Entry entry : profile.entries()) {
      JsonObject object = new JsonObject();
      object.addProperty("operator_index", entry.operatorIndex());
      object.addProperty("operator", entry.operator());
      object.addProperty("output", entry.output());
      object.addProperty("kernel", entry.kernel());
      object.add("us", Json.number(micros(entry.nanos(), profile)));
      object.addProperty("macs", entry.macs());
      array.add(object);
    }
    return array;
  }
}

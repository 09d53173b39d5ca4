// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.octet.Profile;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** A profile as a table in running order, then summed by operator, the most expensive first. */
final class ProfileTable {
  /** What is timed in Java: its time holds no reading of the native clock. */
  private static final Set<String> WITHOUT_CLOCK = Set.of("java", "delegate", "edgetpu");

  private static final int WIDTH = 118;
  private static final int OPERATOR = 22;
  private static final int KERNEL = 24;
  private static final String NUMBERS = "%9s %5.1f %7s %5s %9s";

  private final ProfileRounds rounds;
  private final Profile profile;
  private final Roofline roofline;

  ProfileTable(ProfileRounds rounds, Roofline roofline) {
    this.rounds = rounds;
    this.profile = rounds.profile();
    this.roofline = roofline;
  }

  /** Of one kind of operator, or of all, in one run. */
  private record Sum(double micros, double floor, double macs, double bytes, int count) {
    static final Sum NONE = new Sum(0, 0, 0, 0, 0);

    Sum plus(Sum other) {
      return new Sum(
          micros + other.micros,
          floor + other.floor,
          macs + other.macs,
          bytes + other.bytes,
          count + other.count);
    }

    double gmacsPerSecond() {
      return micros == 0 ? 0 : macs / micros / 1e3;
    }

    double share() {
      return micros == 0 ? 0 : floor / micros;
    }
  }

  private Sum sum(Profile.Entry entry) {
    double times = (double) entry.times() / profile.runs();
    return new Sum(
        entry.nanos() / 1e3 / profile.runs(),
        times * roofline.floor(entry.work()) / 1e3,
        times * entry.work().macs(),
        times * entry.work().bytes(),
        1);
  }

  private static String numbers(Sum sum, double total) {
    return String.format(
        Locale.ROOT,
        NUMBERS,
        Micros.text(sum.micros()),
        100 * sum.micros() / total,
        sum.macs() == 0 ? "" : String.format(Locale.ROOT, "%.1f", sum.gmacsPerSecond()),
        sum.floor() == 0 ? "" : String.format(Locale.ROOT, "%.0f", 100 * sum.share()),
        String.format(Locale.ROOT, sum.bytes() < 1024e3 ? "%.1f" : "%.0f", sum.bytes() / 1024));
  }

  private static int width(int most, java.util.stream.Stream<String> texts) {
    return Math.min(most, texts.mapToInt(String::length).max().orElse(0));
  }

  private static String heading(int width, String name) {
    return String.format("%-" + width + "s", name);
  }

  void print(PrintWriter out) {
    int operator = width(OPERATOR, profile.entries().stream().map(Profile.Entry::operator));
    int kernel = width(KERNEL, profile.entries().stream().map(Profile.Entry::kernel));
    operator = Math.max(operator, "operator".length());
    kernel = Math.max(kernel, "kernel".length());
    Sum all = profile.entries().stream().map(this::sum).reduce(Sum.NONE, Sum::plus);
    double total = Math.max(1e-9, all.micros());
    String names = "%4s  %-" + operator + "s  %-" + kernel + "s ";
    String head =
        String.format(names, "op", "operator", "kernel")
            + String.format("%9s %5s %7s %5s %9s", "us", "%", "GMAC/s", "roof%", "KiB");
    out.println(head + "  output");
    int output = WIDTH - head.length() - 2;
    for (Profile.Entry entry : profile.entries()) {
      out.println(
          String.format(
                  names,
                  entry.operatorIndex() < 0 ? "-" : Integer.toString(entry.operatorIndex()),
                  ShortName.cut(entry.operator(), operator),
                  ShortName.cut(entry.kernel(), kernel))
              + numbers(sum(entry), total)
              + ("  " + ShortName.of(entry.output(), output)).stripTrailing());
    }
    out.println();
    int kind = Math.max(operator, "operator".length());
    out.println(
        heading(kind, "operator")
            + String.format(
                " %5s %9s %5s %7s %5s %9s", "count", "us", "%", "GMAC/s", "roof%", "KiB"));
    sums().entrySet().stream()
        .sorted((a, b) -> Double.compare(b.getValue().micros(), a.getValue().micros()))
        .forEach(each -> row(out, kind, each.getKey(), each.getValue(), total));
    row(out, kind, "all", all, total);
    out.println();
    summary(out);
  }

  private static void row(PrintWriter out, int width, String name, Sum sum, double total) {
    out.println(
        heading(width, ShortName.cut(name, width))
            + String.format(" %5d ", sum.count())
            + numbers(sum, total));
  }

  private void summary(PrintWriter out) {
    double clock = clockMicros();
    double rest = rounds.wholeMicros() - rounds.sumMicros();
    out.printf(
        Locale.ROOT,
        "the operators take %s us, a whole run without profile %s us: the sum is %.1f %% of it%s%n",
        Micros.text(rounds.sumMicros()),
        Micros.text(rounds.wholeMicros()),
        100 * rounds.sumMicros() / rounds.wholeMicros(),
        rest > 0 ? "; " + Micros.text(rest) + " us are the call" : "");
    out.printf(
        Locale.ROOT,
        "%d runs; reading the clock takes %.1f ns an instruction and %s us a run, which is taken"
            + " off%n",
        profile.runs(),
        profile.clockNanos(),
        Micros.text(clock));
    if (!roofline.known()) {
      return;
    }
    out.println("peaks of a core, measured now:");
    roofline
        .macs()
        .forEach((type, rate) -> out.printf(Locale.ROOT, "  %s %.1f GMAC/s%n", type, rate));
    bandwidths(out, "reads", roofline.reads());
    bandwidths(out, "writes", roofline.writes());
  }

  private double clockMicros() {
    long times = 0;
    for (Profile.Entry entry : profile.entries()) {
      times += WITHOUT_CLOCK.contains(entry.kernel()) ? 0 : entry.times();
    }
    return times * profile.clockNanos() / profile.runs() / 1e3;
  }

  private static void bandwidths(PrintWriter out, String what, Map<Long, Double> measured) {
    if (!measured.isEmpty()) {
      out.println(
          measured.entrySet().stream()
              .map(e -> String.format(Locale.ROOT, "%s %.0f", size(e.getKey()), e.getValue()))
              .collect(Collectors.joining(", ", "  " + what + ", GB/s by bytes in use: ", "")));
    }
  }

  private static String size(long bytes) {
    return bytes < 1 << 20 ? bytes / 1024 + "K" : (bytes >> 20) + "M";
  }

  private Map<String, Sum> sums() {
    Map<String, Sum> sums = new LinkedHashMap<>();
    for (Profile.Entry entry : profile.entries()) {
      sums.merge(entry.operator(), sum(entry), Sum::plus);
    }
    return sums;
  }

  /**
   * Adds {@code profile}, an array with an object for each instruction in running order, and what
   * the sum line says.
   */
  void addTo(JsonObject report) {
    JsonArray array = new JsonArray();
    for (Profile.Entry entry : profile.entries()) {
      Sum sum = sum(entry);
      JsonObject object = new JsonObject();
      object.addProperty("operator_index", entry.operatorIndex());
      object.addProperty("operator", entry.operator());
      object.addProperty("output", entry.output());
      object.addProperty("kernel", entry.kernel());
      object.addProperty("times", (double) entry.times() / profile.runs());
      object.add("us", Json.number(sum.micros()));
      object.addProperty("macs", entry.work().macs());
      object.add("gmacs_per_second", Json.number(sum.gmacsPerSecond()));
      object.addProperty("weight_bytes", entry.work().weightBytes());
      object.addProperty("read_bytes", entry.work().readBytes());
      object.addProperty("written_bytes", entry.work().writtenBytes());
      object.add("floor_us", Json.number(sum.floor()));
      object.add("roofline_share", Json.number(sum.share()));
      array.add(object);
    }
    report.add("profile", array);
    report.add("profile_sum_us", Json.number(rounds.sumMicros()));
    report.add("whole_run_us", Json.number(rounds.wholeMicros()));
    report.add("clock_ns", Json.number(profile.clockNanos()));
    JsonObject peaks = new JsonObject();
    roofline.macs().forEach((type, rate) -> peaks.add("gmacs_" + type, Json.number(rate)));
    roofline.reads().forEach((size, rate) -> peaks.add("read_gbs_" + size, Json.number(rate)));
    roofline.writes().forEach((size, rate) -> peaks.add("write_gbs_" + size, Json.number(rate)));
    report.add("peaks", peaks);
  }
}

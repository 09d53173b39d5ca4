// SPDX-License-Identifier: Apache-2.0
package dev.octet.benchmarks;

import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The speed table for programs, {@link SpeedChart} among them. */
final class SpeedResults {
  private SpeedResults() {}

  static String json(
      Map<String, String> facts,
      ComparisonOptions options,
      List<SpeedLine> lines,
      CallCost call,
      List<ModelLine> models) {
    JsonObject report = new JsonObject();
    report.addProperty(
        "date", ZonedDateTime.now(ZoneOffset.UTC).truncatedTo(ChronoUnit.SECONDS).toString());
    JsonObject machine = new JsonObject();
    facts.forEach(machine::addProperty);
    report.add("machine", machine);
    report.addProperty("rounds", options.rounds());
    report.addProperty("seconds", options.seconds());
    JsonArray classes = new JsonArray();
    lines.forEach(line -> classes.add(json(line)));
    report.add("classes", classes);
    JsonObject cost = new JsonObject();
    cost.addProperty("least_ns", call.least());
    cost.addProperty("mean_ns", call.mean());
    cost.addProperty("at_most_ns", CallCost.AT_MOST);
    report.add("call", cost);
    JsonArray list = new JsonArray();
    models.forEach(line -> list.add(json(line)));
    report.add("models", list);
    return new GsonBuilder().setPrettyPrinting().create().toJson(report) + "\n";
  }

  private static JsonObject json(SpeedLine line) {
    SpeedClass kind = line.kind();
    JsonObject object = new JsonObject();
    object.addProperty("class", kind.kind());
    object.addProperty("model", line.model());
    object.addProperty("numerics", kind.numerics().name().toLowerCase(Locale.ROOT));
    if (kind.isa() != null) {
      object.addProperty("isa", kind.isa());
    }
    object.addProperty("measure", kind.measure().name().toLowerCase(Locale.ROOT));
    object.addProperty("at_least", kind.atLeast());
    if (line.refusal() != null) {
      object.addProperty("refusal", line.refusal());
      return object;
    }
    object.addProperty("octet_us", line.octet());
    object.addProperty("other_us", line.other());
    object.addProperty("octet_median_us", line.octetMedian());
    object.addProperty("other_median_us", line.otherMedian());
    object.addProperty("ratio", line.ratio());
    object.addProperty("median_ratio", line.medianRatio());
    object.addProperty("reached", line.reached());
    return object;
  }

  private static JsonObject json(ModelLine line) {
    JsonObject object = new JsonObject();
    object.addProperty("model", line.model());
    if (!line.compared()) {
      object.addProperty("refusal", line.refusal());
      return object;
    }
    object.addProperty("octet_us", line.octet());
    object.addProperty("peer_us", line.peer());
    object.addProperty("ratio", line.ratio());
    object.addProperty("octet_2_threads_us", line.octetTwo());
    object.addProperty("peer_2_threads_us", line.peerTwo());
    object.addProperty("outputs", line.outputs());
    return object;
  }
}

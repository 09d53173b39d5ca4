// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.calibrate;

import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/**
 * Statistics as JSON: {@code format}, {@code version}, {@code model} (SHA-256 of the float model's
 * file), {@code sources}, {@code samples} (names) and {@code tensors}, each with its place, name,
 * counts, {@code min}, {@code max}, and packed by {@link PackedNumbers} the extremes by sample and
 * the histogram's bins and counts. Reading what was written gives the same in every bit.
 */
final class StatisticsJson {
  private static final String FORMAT = "octet-calibration";
  private static final int VERSION = 1;

  private StatisticsJson() {}

  static String write(CalibrationStatistics statistics) {
    JsonObject root = new JsonObject();
    root.addProperty("format", FORMAT);
    root.addProperty("version", VERSION);
    root.addProperty("model", statistics.modelHash());
    JsonArray sources = new JsonArray();
    for (CalibrationStatistics.Source source : statistics.sources()) {
      JsonObject object = new JsonObject();
      object.addProperty("signature", source.signature());
      object.addProperty("data", source.data());
      object.addProperty("hash", source.hash());
      object.addProperty("samples", source.samples());
      sources.add(object);
    }
    root.add("sources", sources);
    JsonArray samples = new JsonArray();
    statistics.samples().forEach(samples::add);
    root.add("samples", samples);
    JsonArray tensors = new JsonArray();
    statistics.tensors().forEach(tensor -> tensors.add(tensor(tensor)));
    root.add("tensors", tensors);
    return new GsonBuilder()
        .serializeNulls()
        .disableHtmlEscaping()
        .setPrettyPrinting()
        .create()
        .toJson(root);
  }

  private static JsonObject tensor(TensorStatistics tensor) {
    JsonObject object = new JsonObject();
    object.addProperty("graph", tensor.key().graph());
    object.addProperty("tensor", tensor.key().tensor());
    object.addProperty("name", tensor.name());
    object.addProperty("count", tensor.count());
    object.addProperty("nans", tensor.nans());
    object.addProperty("infinities", tensor.infinities());
    JsonArray nonFinite = new JsonArray();
    for (int sample : tensor.nonFinite()) {
      nonFinite.add(sample);
    }
    object.add("non_finite_samples", nonFinite);
    boolean seen = tensor.count() > 0;
    object.addProperty("min", seen ? tensor.min() : null);
    object.addProperty("max", seen ? tensor.max() : null);
    object.addProperty("sample_min", PackedNumbers.floats(tensor.sampleMin()));
    object.addProperty("sample_max", PackedNumbers.floats(tensor.sampleMax()));
    int[] bins = tensor.histogram().bins();
    long[] pairs = new long[2 * bins.length];
    for (int i = 0, before = 0; i < bins.length; before = bins[i++]) {
      pairs[2 * i] = bins[i] - before;
      pairs[2 * i + 1] = tensor.histogram().count(bins[i]);
    }
    object.addProperty("histogram", PackedNumbers.longs(pairs));
    return object;
  }

  /**
   * @throws IllegalArgumentException saying what is wrong
   */
  static CalibrationStatistics read(String text) {
    try {
      JsonElement parsed = JsonParser.parseString(text);
      if (!parsed.isJsonObject() || !parsed.getAsJsonObject().has("format")) {
        throw new IllegalArgumentException("these are no calibration statistics");
      }
      return read(parsed.getAsJsonObject());
    } catch (JsonParseException
        | IllegalStateException
        | NullPointerException
        | UnsupportedOperationException
        | NumberFormatException
        | ArithmeticException
        | IndexOutOfBoundsException e) {
      // gson's ways to say that a member is absent or of another type
      throw new IllegalArgumentException("damaged calibration statistics: " + e.getMessage(), e);
    }
  }

  private static CalibrationStatistics read(JsonObject root) {
    if (!root.get("format").getAsString().equals(FORMAT)
        || root.get("version").getAsInt() != VERSION) {
      throw new IllegalArgumentException(
          "format " + root.get("format") + " version " + root.get("version") + " is unknown");
    }
    List<CalibrationStatistics.Source> sources = new ArrayList<>();
    for (JsonElement each : root.getAsJsonArray("sources")) {
      JsonObject object = each.getAsJsonObject();
      JsonElement signature = object.get("signature");
      sources.add(
          new CalibrationStatistics.Source(
              signature.isJsonNull() ? null : signature.getAsString(),
              object.get("data").getAsString(),
              object.get("hash").getAsString(),
              object.get("samples").getAsInt()));
    }
    List<String> samples = new ArrayList<>();
    root.getAsJsonArray("samples").forEach(each -> samples.add(each.getAsString()));
    TreeMap<TensorKey, TensorStatistics> tensors = new TreeMap<>();
    for (JsonElement each : root.getAsJsonArray("tensors")) {
      TensorStatistics tensor = tensor(each.getAsJsonObject(), List.copyOf(samples));
      tensors.put(tensor.key(), tensor);
    }
    return new CalibrationStatistics(
        root.get("model").getAsString(), sources, List.copyOf(samples), tensors);
  }

  private static TensorStatistics tensor(JsonObject object, List<String> samples) {
    JsonArray bad = object.getAsJsonArray("non_finite_samples");
    int[] nonFinite = new int[bad.size()];
    for (int i = 0; i < nonFinite.length; i++) {
      nonFinite[i] = bad.get(i).getAsInt();
      samples.get(nonFinite[i]);
    }
    long[] pairs = PackedNumbers.longs(object.get("histogram").getAsString());
    Histogram histogram = new Histogram();
    int bin = 0;
    for (int i = 0; i + 1 < pairs.length; i += 2) {
      bin = Math.toIntExact(bin + pairs[i]);
      histogram.add(bin, pairs[i + 1]);
    }
    String name = object.get("name").getAsString();
    float[] min = PackedNumbers.floats(object.get("sample_min").getAsString());
    float[] max = PackedNumbers.floats(object.get("sample_max").getAsString());
    long count = object.get("count").getAsLong();
    if (min.length != samples.size()
        || max.length != samples.size()
        || histogram.distribution().total() != count) {
      throw new IllegalArgumentException(
          "damaged calibration statistics: the numbers of '" + name + "' do not fit together");
    }
    return new TensorStatistics(
        new TensorKey(object.get("graph").getAsInt(), object.get("tensor").getAsInt()),
        name,
        samples,
        count,
        object.get("nans").getAsLong(),
        object.get("infinities").getAsLong(),
        histogram,
        min,
        max,
        nonFinite);
  }
}

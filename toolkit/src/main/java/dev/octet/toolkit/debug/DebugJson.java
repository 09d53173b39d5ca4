// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.debug;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.octet.toolkit.calibrate.Range;
import java.util.Locale;

/** A diagnosis as JSON. What is absent or not a finite number is null; shares are fractions. */
public final class DebugJson {
  private DebugJson() {}

  /** The whole of it; layers are in the order of the ranking. */
  public static JsonObject of(Diagnosis found) {
    JsonObject json = new JsonObject();
    json.addProperty("float", found.real());
    json.addProperty("quantized", found.quantized());
    json.addProperty("data_set", found.dataSet());
    json.addProperty("samples", found.samples());
    json.add("given", effect(found.given()));
    json.add(
        "float_accuracy",
        found.realAccuracy().isPresent()
            ? number(found.realAccuracy().getAsDouble())
            : JsonNull.INSTANCE);
    json.addProperty("verdict", DebugText.verdict(found));
    json.add("remarks", strings(found.remarks()));
    JsonArray layers = new JsonArray();
    found.ranked().forEach(layer -> layers.add(layer(layer)));
    json.add("layers", layers);
    JsonArray findings = new JsonArray();
    found.findings().forEach(finding -> findings.add(finding(finding)));
    json.add("findings", findings);
    json.add("together", found.together().map(DebugJson::trial).orElse(null));
    return json;
  }

  private static JsonObject layer(LayerError layer) {
    JsonObject json = new JsonObject();
    json.addProperty("name", layer.name());
    json.addProperty("operator", layer.kind());
    json.addProperty("tensor", layer.tensor());
    json.addProperty("place", layer.place());
    json.addProperty("type", layer.type());
    json.add("harm_db", number(layer.harm()));
    json.addProperty("fault", Cause.of(layer).name().toLowerCase(Locale.ROOT));
    json.add("own", noise(layer.own()));
    json.add("isolated", noise(layer.isolated()));
    json.add("accumulated", noise(layer.accumulated()));
    json.add("range", layer.range() == null ? null : range(layer));
    json.add("weights", layer.weights() == null ? null : weights(layer.weights()));
    json.addProperty("channels", layer.channels().length);
    json.addProperty("dead_channels", layer.deadChannels());
    json.add("channel_spread", number(layer.channelSpread()));
    return json;
  }

  private static JsonElement noise(Noise noise) {
    if (noise == null) {
      return JsonNull.INSTANCE;
    }
    JsonObject json = new JsonObject();
    json.addProperty("elements", noise.elements());
    json.add("sqnr_db", number(noise.sqnr()));
    json.add("mean", number(noise.mean()));
    json.add("rmse", number(noise.rmse()));
    json.add("max", number(noise.max()));
    json.add("cosine", number(noise.cosine()));
    return json;
  }

  private static JsonObject range(LayerError layer) {
    RangeUse range = layer.range();
    JsonObject json = new JsonObject();
    json.add("least", number(range.least()));
    json.add("greatest", number(range.greatest()));
    json.add("step", number(range.step()));
    json.addProperty("own", layer.ownsRange());
    json.addProperty("levels", range.levels());
    json.addProperty("levels_used", range.used());
    json.add("bits_used", number(range.bits()));
    json.add("clipped_low", number(range.clippedLow()));
    json.add("clipped_high", number(range.clippedHigh()));
    json.add("seen", range(range.seen()));
    json.add("fitted", range(range.fitted()));
    json.add("rounding_sqnr_db", number(range.rounding()));
    json.add("fitted_sqnr_db", number(range.best()));
    Noise alone = layer.isolated();
    json.add("rmse_steps", alone == null ? null : number(alone.rmse() / range.step()));
    return json;
  }

  private static JsonArray range(Range range) {
    JsonArray ends = new JsonArray();
    ends.add(range.min());
    ends.add(range.max());
    return ends;
  }

  private static JsonObject weights(WeightError weights) {
    JsonObject json = new JsonObject();
    json.addProperty("type", weights.type());
    json.addProperty("scales", weights.scales());
    json.add("sqnr_db", number(weights.sqnr()));
    json.add("worst_channel_sqnr_db", number(weights.worst()));
    json.addProperty("worst_channel", weights.worstChannel());
    json.add("channel_spread", number(weights.spread()));
    json.add("bias_use", number(weights.biasUse()));
    return json;
  }

  private static JsonObject finding(Finding finding) {
    JsonObject json = new JsonObject();
    json.addProperty("layer", finding.layer().name());
    json.addProperty("fault", finding.cause().name().toLowerCase(Locale.ROOT));
    json.addProperty("severity", finding.severity().name().toLowerCase(Locale.ROOT));
    json.add("sentences", strings(finding.sentences()));
    JsonArray tried = new JsonArray();
    finding.tried().forEach(trial -> tried.add(trial(trial)));
    json.add("tried", tried);
    json.addProperty("advice", finding.advice().isEmpty() ? null : finding.advice());
    return json;
  }

  private static JsonObject trial(Trial trial) {
    JsonObject json = new JsonObject();
    json.addProperty("change", trial.words());
    json.add("effect", effect(trial.effect()));
    return json;
  }

  private static JsonObject effect(Effect effect) {
    JsonObject json = new JsonObject();
    json.add("sqnr_db", number(effect.sqnr()));
    json.add("same_class", number(effect.sameClass()));
    json.addProperty("metric", effect.metric().isEmpty() ? null : effect.metric());
    json.add(
        "accuracy",
        effect.accuracy().isPresent()
            ? number(effect.accuracy().getAsDouble())
            : JsonNull.INSTANCE);
    return json;
  }

  private static JsonArray strings(Iterable<String> some) {
    JsonArray array = new JsonArray();
    some.forEach(array::add);
    return array;
  }

  private static JsonElement number(double value) {
    return Double.isFinite(value) ? new JsonPrimitive(value) : JsonNull.INSTANCE;
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.search;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.octet.toolkit.evaluate.EvaluationJson;
import java.util.Locale;

/** All modes of a model as JSON. */
public final class AllModesJson {
  private AllModesJson() {}

  /**
   * @param machine that the times were measured on
   */
  public static JsonObject of(AllModes.Result result, String machine) {
    JsonObject root = new JsonObject();
    root.addProperty("source", result.source());
    root.addProperty("calibration", result.calibration());
    root.addProperty("calibration_samples", result.overlap().firstSize());
    root.addProperty("overlap", result.overlap().count());
    root.addProperty("chosen", result.verdict().chosen().orElse(null));
    root.addProperty("verdict", result.verdict().sentence());
    JsonArray modes = new JsonArray();
    for (Verdict.OfModel each : result.verdict().models()) {
      JsonObject mode = new JsonObject();
      mode.addProperty("mode", each.name());
      mode.addProperty("judgement", each.judgement().name().toLowerCase(Locale.ROOT));
      mode.addProperty("smaller", each.smaller());
      mode.addProperty("faster", Double.isNaN(each.faster()) ? null : each.faster());
      mode.addProperty("operators_kept", result.models().get(each.name()).kept().size());
      modes.add(mode);
    }
    root.add("modes", modes);
    JsonObject failures = new JsonObject();
    result.failures().forEach(failures::addProperty);
    root.add("failures", failures);
    root.add("evaluation", EvaluationJson.of(result.evaluations(), machine));
    return root;
  }
}

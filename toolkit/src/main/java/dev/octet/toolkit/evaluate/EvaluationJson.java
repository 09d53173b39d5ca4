// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.evaluate;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.util.Locale;

/**
 * Evaluations as JSON. Shares and their differences are fractions, not percent; what is absent or
 * not a finite number is null.
 */
public final class EvaluationJson {
  private EvaluationJson() {}

  /**
   * The whole of it.
   *
   * @param machine what time was measured on
   */
  public static JsonObject of(Evaluations all, String machine) {
    JsonObject json = new JsonObject();
    json.addProperty("data_set", all.dataSet());
    json.addProperty("samples", all.samples());
    json.addProperty("machine", machine);
    json.addProperty("isa", all.isa());
    json.addProperty("threads", all.options().threads());
    json.addProperty("numerics", all.options().numerics().name().toLowerCase(Locale.ROOT));
    json.addProperty("bootstrap_resamples", all.bootstrap().resamples());
    json.addProperty("bootstrap_seed", all.bootstrap().seed());
    json.addProperty("baseline", all.models().get(all.baseline()).name());
    JsonArray models = new JsonArray();
    all.models().forEach(model -> models.add(model(model)));
    json.add("models", models);
    JsonArray comparisons = new JsonArray();
    all.comparisons().forEach(comparison -> comparisons.add(comparison(comparison)));
    json.add("comparisons", comparisons);
    return json;
  }

  private static JsonObject model(Evaluation model) {
    JsonObject json = new JsonObject();
    json.addProperty("name", model.name());
    json.addProperty("bytes", model.size().bytes());
    json.addProperty("gzip_bytes", model.size().gzipBytes());
    json.addProperty(
        "scores", model.scores().map(s -> s.name().toLowerCase(Locale.ROOT)).orElse(null));
    JsonObject metrics = new JsonObject();
    for (MetricValue metric : model.metrics()) {
      JsonObject one = new JsonObject();
      one.add("value", number(metric.value()));
      one.add("low", number(metric.interval().low()));
      one.add("high", number(metric.interval().high()));
      metrics.add(metric.name(), one);
    }
    json.add("metrics", metrics);
    JsonArray classes = new JsonArray();
    for (ClassAccuracy each : model.classes()) {
      JsonObject one = new JsonObject();
      one.addProperty("label", each.label());
      one.addProperty("name", each.name());
      one.addProperty("samples", each.samples());
      one.addProperty("right", each.right());
      classes.add(one);
    }
    json.add("classes", classes);
    json.add("median_us", model.timing().map(t -> number(t.medianMicros())).orElse(null));
    json.add("min_us", model.timing().map(t -> number(t.minMicros())).orElse(null));
    json.addProperty("runs", model.timing().map(Timing::runs).orElse(null));
    json.addProperty("interpreter_bytes", model.interpreterBytes());
    json.addProperty("weight_bytes", model.weightBytes());
    json.addProperty("not_finite", model.notFinite());
    json.addProperty("first_not_finite", model.firstNotFinite().orElse(null));
    return json;
  }

  private static JsonObject comparison(Comparison comparison) {
    JsonObject json = new JsonObject();
    json.addProperty("model", comparison.model());
    json.addProperty("baseline", comparison.baseline());
    JsonObject metrics = new JsonObject();
    comparison.metrics().forEach(metric -> metrics.add(metric.name(), difference(metric)));
    json.add("metrics", metrics);
    json.add("same_class", number(comparison.agreement().sameClass()));
    JsonArray outputs = new JsonArray();
    for (OutputAgreement output : comparison.agreement().outputs()) {
      JsonObject one = new JsonObject();
      one.addProperty("name", output.name());
      one.add("mean_difference", number(output.meanDifference()));
      one.add("greatest_difference", number(output.greatestDifference()));
      one.add("sqnr_db", number(output.sqnr()));
      outputs.add(one);
    }
    json.add("outputs", outputs);
    JsonArray classes = new JsonArray();
    comparison.classes().forEach(each -> classes.add(drop(each)));
    json.add("classes", classes);
    json.add("worst_class", comparison.worstClass().map(EvaluationJson::drop).orElse(null));
    JsonArray lost = new JsonArray();
    for (Flip flip : comparison.lost()) {
      JsonObject one = new JsonObject();
      one.addProperty("sample", flip.sample());
      one.addProperty("label", flip.label());
      one.addProperty("predicted", flip.predicted());
      lost.add(one);
    }
    json.add("first_lost", lost);
    return json;
  }

  private static JsonObject difference(MetricDifference metric) {
    JsonObject json = new JsonObject();
    json.add("baseline", number(metric.baseline()));
    json.add("value", number(metric.value()));
    json.add("loss", number(metric.loss()));
    json.add("loss_low", number(metric.interval().low()));
    json.add("loss_high", number(metric.interval().high()));
    json.addProperty("interval", metric.pairs().isPresent() ? "tango" : "bootstrap");
    json.addProperty("lost", metric.pairs().map(PairedCounts::lost).orElse(null));
    json.addProperty("won", metric.pairs().map(PairedCounts::won).orElse(null));
    json.add("mcnemar_mid_p", metric.pairs().map(p -> number(p.midP())).orElse(null));
    json.add("mcnemar_exact_p", metric.pairs().map(p -> number(p.exactP())).orElse(null));
    json.addProperty("verdict", metric.verdict().name().toLowerCase(Locale.ROOT));
    json.addProperty("sentence", metric.sentence());
    return json;
  }

  private static JsonObject drop(ClassDrop each) {
    JsonObject json = new JsonObject();
    json.addProperty("label", each.label());
    json.addProperty("name", each.name());
    json.addProperty("samples", each.samples());
    json.addProperty("baseline_right", each.baselineRight());
    json.addProperty("right", each.right());
    json.addProperty("points", each.points());
    return json;
  }

  private static JsonElement number(double value) {
    return Double.isFinite(value) ? new JsonPrimitive(value) : JsonNull.INSTANCE;
  }
}

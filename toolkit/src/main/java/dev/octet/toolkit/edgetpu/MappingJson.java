// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.edgetpu;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.octet.toolkit.edgetpu.Mapping.Operator;
import dev.octet.toolkit.edgetpu.Mapping.Place;
import java.util.List;
import java.util.Locale;

/** A {@link Mapping} as JSON. */
public final class MappingJson {
  private MappingJson() {}

  /** All of it; {@code file} is what the model is called. */
  public static JsonObject of(String file, Mapping mapping) {
    JsonObject json = new JsonObject();
    json.addProperty("model", file);
    json.addProperty("form", word(mapping.form()));
    json.addProperty("advice", MappingText.advice(file, mapping));
    json.addProperty("runtime", mapping.runtime());
    json.addProperty("complete", mapping.complete());
    for (Place place : Place.values()) {
      json.addProperty(word(place), mapping.at(place).size());
    }
    json.addProperty("needs_runtime", mapping.since());
    json.add("refusals", strings(mapping.refusals()));
    json.add("remarks", strings(mapping.remarks()));
    JsonObject parameters = new JsonObject();
    parameters.addProperty("file_bytes", mapping.parameters().fileBytes());
    parameters.addProperty("device_bytes", mapping.parameters().deviceBytes());
    parameters.addProperty("cache_bytes", ParameterEstimate.CACHE_BYTES);
    parameters.addProperty("streamed_bytes", mapping.parameters().streamedBytes());
    json.add("parameters", parameters);
    JsonArray operators = new JsonArray();
    mapping.operators().forEach(operator -> operators.add(operator(operator)));
    json.add("operators", operators);
    return json;
  }

  private static JsonObject operator(Operator operator) {
    JsonObject json = new JsonObject();
    json.addProperty("index", operator.index());
    json.addProperty("operator", operator.name());
    json.addProperty("output", operator.output());
    json.addProperty("place", word(operator.place()));
    json.addProperty("needs_runtime", operator.since());
    json.addProperty("reason", operator.reason());
    return json;
  }

  private static JsonArray strings(List<String> list) {
    JsonArray array = new JsonArray();
    list.forEach(array::add);
    return array;
  }

  private static String word(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }
}

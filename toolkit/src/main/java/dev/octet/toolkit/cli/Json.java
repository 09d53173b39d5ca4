// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.cli;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.octet.Quantization;

/** What the commands' JSON has in common. Absent things are null, never left out. */
final class Json {
  private static final Gson GSON =
      new GsonBuilder().setPrettyPrinting().serializeNulls().disableHtmlEscaping().create();

  private Json() {}

  static String text(JsonElement element) {
    return GSON.toJson(element);
  }

  /** A number; JSON has no NaN and no infinities, so these become null. */
  static JsonElement number(double value) {
    return Double.isFinite(value) ? new JsonPrimitive(value) : JsonNull.INSTANCE;
  }

  /** A number as its float prints, without the digits that a double would add. */
  static JsonElement number(float value) {
    return Float.isFinite(value) ? new JsonPrimitive(value) : JsonNull.INSTANCE;
  }

  static JsonArray array(int[] values) {
    JsonArray array = new JsonArray();
    for (int value : values) {
      array.add(value);
    }
    return array;
  }

  /**
   * Adds {@code scale} and {@code zero_point}: numbers, arrays for a tensor that is quantized per
   * axis (with {@code quantized_dimension}), null for one that is not quantized.
   */
  static void addQuantization(JsonObject object, Quantization quantization) {
    if (quantization == null) {
      object.add("scale", JsonNull.INSTANCE);
      object.add("zero_point", JsonNull.INSTANCE);
    } else if (!quantization.perAxis()) {
      object.add("scale", number(quantization.scale()));
      object.addProperty("zero_point", quantization.zeroPoint());
    } else {
      JsonArray scales = new JsonArray();
      for (float scale : quantization.scales()) {
        scales.add(number(scale));
      }
      object.add("scale", scales);
      object.add("zero_point", array(quantization.zeroPoints()));
      object.addProperty("quantized_dimension", quantization.dimension());
    }
  }
}

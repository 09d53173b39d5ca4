// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.quantize;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;

/** The fields of one object of a recipe; every error names its place and the field. */
record RecipeFields(String place, JsonObject json) {
  IllegalArgumentException error(String field, String reason) {
    return new IllegalArgumentException(place + ": '" + field + "' " + reason);
  }

  boolean has(String field) {
    return json.has(field) && !json.get(field).isJsonNull();
  }

  /** Refuses fields that are not in {@code known}. */
  void only(String... known) {
    Set<String> others = new TreeSet<>(json.keySet());
    others.removeAll(Arrays.asList(known));
    if (!others.isEmpty()) {
      throw error(others.iterator().next(), "is unknown; there are " + String.join(", ", known));
    }
  }

  String text(String field, String absent) {
    if (!has(field)) {
      return absent;
    }
    JsonElement value = json.get(field);
    if (!(value instanceof JsonPrimitive primitive) || !primitive.isString()) {
      throw error(field, "is no text: " + value);
    }
    return value.getAsString();
  }

  int integer(String field, int absent) {
    if (!has(field)) {
      return absent;
    }
    JsonElement value = json.get(field);
    try {
      if (value instanceof JsonPrimitive primitive && primitive.isNumber()) {
        return primitive.getAsBigDecimal().intValueExact();
      }
    } catch (ArithmeticException | NumberFormatException e) {
      throw error(field, "is no integer: " + value);
    }
    throw error(field, "is no integer: " + value);
  }

  boolean bool(String field, boolean absent) {
    if (!has(field)) {
      return absent;
    }
    JsonElement value = json.get(field);
    if (!(value instanceof JsonPrimitive primitive) || !primitive.isBoolean()) {
      throw error(field, "is neither true nor false: " + value);
    }
    return value.getAsBoolean();
  }

  <E extends Enum<E>> E constant(String field, Class<E> constants) {
    String value = text(field, null);
    for (E constant : constants.getEnumConstants()) {
      if (constant.name().equalsIgnoreCase(value)) {
        return constant;
      }
    }
    throw error(
        field, "is " + value + "; there are " + Arrays.toString(constants.getEnumConstants()));
  }

  /** The object in a field, or null where it is absent or null. */
  RecipeFields object(String field) {
    if (!has(field)) {
      return null;
    }
    if (!json.get(field).isJsonObject()) {
      throw error(field, "is no object: " + json.get(field));
    }
    return new RecipeFields(place + ": " + field, json.getAsJsonObject(field));
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.octet.Interpreter;
import dev.octet.Tensor;
import dev.octet.TensorType;
import dev.octet.toolkit.data.TensorNumbers;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * What a person wants to know of an output at a glance: name, type, shape, least, greatest and mean
 * number (dequantized) and the {@value #TOP} greatest with their flat indices.
 */
final class OutputSummary {
  private static final int TOP = 5;

  private final int index;
  private final String name;
  private final Tensor tensor;
  private final double[] values;

  private OutputSummary(int index, String name, Tensor tensor) {
    this.index = index;
    this.name = name;
    this.tensor = tensor;
    this.values = TensorNumbers.has(tensor.type()) ? TensorNumbers.of(tensor) : new double[0];
  }

  /** Summarizes all outputs as they are now. */
  static List<OutputSummary> of(Interpreter interpreter) {
    List<String> names = List.copyOf(interpreter.signature().outputs().keySet());
    List<OutputSummary> summaries = new ArrayList<>();
    for (int i = 0; i < interpreter.outputCount(); i++) {
      summaries.add(new OutputSummary(i, names.get(i), interpreter.output(i)));
    }
    return summaries;
  }

  private double min() {
    return Arrays.stream(values).min().orElse(Double.NaN);
  }

  private double max() {
    return Arrays.stream(values).max().orElse(Double.NaN);
  }

  private double mean() {
    return Arrays.stream(values).average().orElse(Double.NaN);
  }

  /** Lines of text, each ended. */
  String text() {
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            "output %d: %s %s%s%s%n",
            index,
            name,
            tensor.type(),
            Arrays.toString(tensor.shape()),
            tensor.info().quantization().map(q -> " (" + q + ")").orElse("")));
    if (tensor.type() == TensorType.STRING) {
      for (String each : tensor.toStrings()) {
        text.append("  ").append(each).append(System.lineSeparator());
      }
      return text.toString();
    }
    if (values.length == 0) {
      text.append(String.format("  %d bytes%n", tensor.bytes()));
      return text.toString();
    }
    text.append(
        String.format(Locale.ROOT, "  min %.6g  max %.6g  mean %.6g%n", min(), max(), mean()));
    text.append("  top");
    for (int i : TensorNumbers.top(values, TOP)) {
      text.append(String.format(Locale.ROOT, "  [%d] %.6g", i, values[i]));
    }
    return text.append(System.lineSeparator()).toString();
  }

  static JsonArray json(List<OutputSummary> summaries) {
    JsonArray array = new JsonArray();
    for (OutputSummary summary : summaries) {
      array.add(summary.json());
    }
    return array;
  }

  private JsonObject json() {
    JsonObject object = OutputFiles.describe(name, tensor);
    if (tensor.type() == TensorType.STRING) {
      JsonArray strings = new JsonArray();
      for (String each : tensor.toStrings()) {
        strings.add(each);
      }
      object.add("strings", strings);
      return object;
    }
    object.add("min", Json.number(min()));
    object.add("max", Json.number(max()));
    object.add("mean", Json.number(mean()));
    JsonArray top = new JsonArray();
    for (int i : TensorNumbers.top(values, TOP)) {
      JsonObject entry = new JsonObject();
      entry.addProperty("index", i);
      entry.add("value", Json.number(values[i]));
      top.add(entry);
    }
    object.add("top", top);
    return object;
  }
}

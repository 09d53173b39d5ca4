// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.octet.ops.OpSpec;
import dev.octet.ops.Ops;
import dev.octet.tflite.BuiltinOperator;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * The operators that Octet runs and the kinds of elements they take, from the engine's own list.
 */
final class OperatorTable {
  /** What the words of {@link OpSpec#types} mean, in the order in which they are explained. */
  private static final List<Map.Entry<String, String>> LEGEND =
      List.of(
          Map.entry("f32, f16, f64", "floats"),
          Map.entry("bf16", "bfloat16"),
          Map.entry("i4 to i64, u8 to u64", "integers, quantized where the operator has a scale"),
          Map.entry("bool, str, c64, res", "booleans, strings, complex numbers, resources"),
          Map.entry("i8pc", "int8 with weights quantized per channel"),
          Map.entry("i16x8, i16x8/i64", "int16 by int8, with biases of 32 or 64 bits"),
          Map.entry("hybrid", "float32 by int8 weights, activations quantized on the fly"),
          Map.entry("f16w, i4w", "weights of float16 or int4"),
          Map.entry("any", "whatever the subgraphs take"));

  private OperatorTable() {}

  private static List<OpSpec> operators() {
    return Ops.ALL.stream()
        .sorted(
            Comparator.comparing((OpSpec spec) -> spec.builtin() == BuiltinOperator.CUSTOM)
                .thenComparing(OpSpec::name))
        .toList();
  }

  private static String version(OpSpec spec) {
    return spec.builtin() == BuiltinOperator.CUSTOM ? "custom" : "" + spec.maxVersion();
  }

  private static String elements(OpSpec spec) {
    return spec.types().isEmpty() ? "on its device only" : String.join(" ", spec.types());
  }

  /** A Markdown table, as the README has it. */
  static String markdown() {
    StringBuilder text =
        new StringBuilder("| operator | up to version | elements |\n|---|---|---|\n");
    for (OpSpec spec : operators()) {
      text.append("| ").append(spec.name()).append(" | ").append(version(spec));
      text.append(" | ").append(elements(spec)).append(" |\n");
    }
    return text.toString();
  }

  /** Columns of text and the meaning of the words. */
  static String text() {
    int width = operators().stream().mapToInt(spec -> spec.name().length()).max().orElse(0);
    StringBuilder text = new StringBuilder();
    for (OpSpec spec : operators()) {
      text.append(
          String.format(
              "%-" + width + "s  %6s  %s%n",
              spec.name(),
              version(spec).replaceAll("^(\\d+)$", "v$1"),
              elements(spec)));
    }
    text.append(String.format("%n%d operators. Kinds of elements:%n", operators().size()));
    LEGEND.forEach(
        entry -> text.append(String.format("  %-22s %s%n", entry.getKey(), entry.getValue())));
    return text.toString();
  }

  static JsonArray json() {
    JsonArray operators = new JsonArray();
    for (OpSpec spec : operators()) {
      JsonObject operator = new JsonObject();
      operator.addProperty("name", spec.name());
      operator.addProperty("custom", spec.builtin() == BuiltinOperator.CUSTOM);
      operator.addProperty("max_version", spec.maxVersion());
      JsonArray types = new JsonArray();
      spec.types().forEach(types::add);
      operator.add("types", types);
      operators.add(operator);
    }
    return operators;
  }
}

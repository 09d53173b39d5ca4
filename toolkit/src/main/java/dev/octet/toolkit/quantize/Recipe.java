// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.quantize;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import dev.octet.toolkit.data.WholeFile;
import dev.octet.toolkit.model.EditableOperator;
import dev.octet.toolkit.model.EditableTensor;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Ordered rules that say what becomes of which operator: of the rules that match an operator the
 * last one decides. JSON, an array of objects in either of two forms:
 *
 * <pre>{@code
 * [
 *   {"scope": "conv_7", "compute": "FLOAT"},
 *   {"scope": ".*", "operation": "FULLY_CONNECTED", "compute": "INT16X8"},
 *   {"scope": "dense", "compute": "WEIGHT_ONLY", "weight_bits": 4, "granularity": "TENSORWISE",
 *    "min_weight_elements": 0}
 * ]
 * }</pre>
 *
 * <p>{@code scope} is a regular expression that is looked for in the names of the operator's
 * outputs, each followed by a semicolon; {@code operation} is TensorFlow Lite's name of the
 * operator, {@code *} for any (the default of both). {@code compute} is a {@link Compute}; what a
 * rule leaves out is as the quantizer was told.
 *
 * <p>The other form is ai-edge-quantizer's, with {@code regex}, {@code operation}, {@code
 * algorithm_key} ({@code no_quantize}, {@code min_max_uniform_quantize}, {@code float_casting}) and
 * {@code op_config}; see {@link RecipeRule}. Its pseudo operators INPUT and OUTPUT choose the types
 * of the model's ends.
 */
public final class Recipe {
  private final String text;
  private final List<RecipeRule> rules;

  private Recipe(String text, List<RecipeRule> rules) {
    this.text = text;
    this.rules = List.copyOf(rules);
  }

  /** Reads a file. */
  public static Recipe read(Path file) throws IOException {
    return parse(file.toString(), new String(WholeFile.read(file), StandardCharsets.UTF_8));
  }

  /**
   * Parses JSON.
   *
   * @param source names it in messages
   * @throws IllegalArgumentException naming source, rule (from 1) and field
   */
  public static Recipe parse(String source, String json) {
    JsonElement root;
    try {
      root = JsonParser.parseString(json);
    } catch (JsonParseException e) {
      throw new IllegalArgumentException(source + ": no JSON: " + e.getMessage(), e);
    }
    if (!root.isJsonArray()) {
      throw new IllegalArgumentException(source + ": a recipe is an array of rules");
    }
    JsonArray array = root.getAsJsonArray();
    List<RecipeRule> rules = new ArrayList<>();
    for (int i = 0; i < array.size(); i++) {
      String place = source + ": rule " + (i + 1);
      if (!array.get(i).isJsonObject()) {
        throw new IllegalArgumentException(place + " is no object");
      }
      JsonObject rule = array.get(i).getAsJsonObject();
      rules.add(RecipeRule.read(new RecipeFields(place, rule)));
    }
    return new Recipe(root.toString(), rules);
  }

  /**
   * The rules of {@code base}, or none when it is null, and after them one for each layer of {@code
   * outputs}.
   *
   * @param outputs names of layers' first outputs
   * @param compute what becomes of these layers
   */
  public static Recipe with(Recipe base, List<String> outputs, Compute compute) {
    JsonArray array = new JsonArray();
    if (base != null) {
      array.addAll(JsonParser.parseString(base.text).getAsJsonArray());
    }
    for (String output : outputs) {
      JsonObject rule = new JsonObject();
      rule.addProperty("scope", "^" + Pattern.quote(output) + ";");
      rule.addProperty("compute", compute.name());
      array.add(rule);
    }
    return parse("recipe", array.toString());
  }

  /** The JSON without white space. */
  public String text() {
    return text;
  }

  /** What becomes of {@code operator}: {@code base} changed by the last rule that matches. */
  OperatorConfig config(EditableOperator operator, OperatorConfig base) {
    String scope = scope(operator);
    OperatorConfig config = base;
    for (RecipeRule rule : rules) {
      if (rule.matches(operator.name(), scope)) {
        config = rule.config(base);
      }
    }
    return config;
  }

  /** The type that rules for INPUT and OUTPUT ask for, or null; they must agree. */
  IoType io() {
    List<IoType> types =
        rules.stream().map(RecipeRule::io).filter(Objects::nonNull).distinct().toList();
    if (types.size() > 1) {
      throw new IllegalArgumentException(
          "the recipe's rules for INPUT and OUTPUT ask for different types: "
              + types.stream().map(IoType::name).collect(Collectors.joining(", ")));
    }
    return types.isEmpty() ? null : types.get(0);
  }

  /** A remark for each rule that matches none of {@code operators}. */
  List<String> unmatched(Collection<EditableOperator> operators) {
    List<String> remarks = new ArrayList<>();
    for (RecipeRule rule : rules) {
      if (rule.io() == null
          && operators.stream().noneMatch(o -> rule.matches(o.name(), scope(o)))) {
        remarks.add(rule.place() + " matches no operator");
      }
    }
    return remarks;
  }

  /** The names of the outputs, each followed by a semicolon, as ai-edge-quantizer has it. */
  private static String scope(EditableOperator operator) {
    StringBuilder scope = new StringBuilder();
    for (EditableTensor output : operator.outputs()) {
      scope.append(output == null ? "" : output.name()).append(';');
    }
    return scope.toString();
  }

  @Override
  public String toString() {
    return text;
  }
}

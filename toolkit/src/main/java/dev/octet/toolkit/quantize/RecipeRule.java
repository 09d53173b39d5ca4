// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.quantize;

import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * One rule of a {@link Recipe}. An {@code op_config} of ai-edge-quantizer means
 *
 * <ul>
 *   <li>{@code activation_tensor_config} with 8 or 16 bits: {@link Compute#INT8}, {@link
 *       Compute#INT16X8};
 *   <li>none, {@code compute_precision} INTEGER: {@link Compute#DYNAMIC};
 *   <li>none, {@code compute_precision} FLOAT or {@code explicit_dequantize}: {@link
 *       Compute#WEIGHT_ONLY};
 *   <li>{@code float_casting}, or weights with dtype FLOAT and 16 bits: {@link Compute#FLOAT16}.
 * </ul>
 *
 * @param place names the rule in messages
 * @param scope looked for in the operator's scope
 * @param operation an operator's name, or {@code *}
 * @param compute what such an operator becomes
 * @param weightBits 8 or 4, or 0: as the quantizer was told
 * @param perChannel null: as the quantizer was told
 * @param minWeightElements -1: as the quantizer was told
 * @param io for the pseudo operators INPUT and OUTPUT, else null
 */
record RecipeRule(
    String place,
    Pattern scope,
    String operation,
    Compute compute,
    int weightBits,
    Boolean perChannel,
    int minWeightElements,
    IoType io) {

  boolean matches(String name, String operatorScope) {
    return io == null
        && (operation.equals("*") || operation.equals(name))
        && scope.matcher(operatorScope).find();
  }

  OperatorConfig config(OperatorConfig base) {
    return new OperatorConfig(
        compute,
        weightBits == 0 ? base.weightBits() : weightBits,
        perChannel == null ? base.perChannel() : perChannel,
        minWeightElements < 0 ? base.minWeightElements() : minWeightElements);
  }

  static RecipeRule read(RecipeFields rule) {
    return rule.has("algorithm_key") || rule.has("op_config") || rule.has("regex")
        ? portable(rule)
        : brief(rule);
  }

  private static RecipeRule brief(RecipeFields rule) {
    rule.only("scope", "operation", "compute", "weight_bits", "granularity", "min_weight_elements");
    if (!rule.has("compute")) {
      throw rule.error("compute", "is missing");
    }
    return new RecipeRule(
        rule.place(),
        pattern(rule, "scope"),
        rule.text("operation", "*"),
        rule.constant("compute", Compute.class),
        bits(rule, "weight_bits", 0),
        rule.has("granularity") ? perChannel(rule) : null,
        elements(rule, -1),
        null);
  }

  private static RecipeRule portable(RecipeFields rule) {
    rule.only("regex", "operation", "algorithm_key", "op_config");
    String operation = rule.text("operation", "*");
    boolean end = operation.equals("INPUT") || operation.equals("OUTPUT");
    String algorithm = rule.text("algorithm_key", "min_max_uniform_quantize");
    Pattern scope = pattern(rule, "regex");
    RecipeFields config = rule.object("op_config");
    if (algorithm.equals("no_quantize")) {
      return new RecipeRule(
          rule.place(), scope, operation, Compute.FLOAT, 0, null, -1, end ? IoType.FLOAT : null);
    }
    if (!algorithm.equals("min_max_uniform_quantize") && !algorithm.equals("float_casting")) {
      throw rule.error(
          "algorithm_key",
          "is "
              + algorithm
              + "; there are no_quantize, min_max_uniform_quantize and float_casting");
    }
    if (config == null) {
      throw rule.error("op_config", "is missing");
    }
    config.only(
        "activation_tensor_config",
        "weight_tensor_config",
        "compute_precision",
        "explicit_dequantize",
        "skip_checks",
        "min_weight_elements");
    RecipeFields weights = config.object("weight_tensor_config");
    RecipeFields activations = config.object("activation_tensor_config");
    Compute compute = compute(config, weights, activations, algorithm);
    boolean halves = compute == Compute.FLOAT16;
    return new RecipeRule(
        rule.place(),
        scope,
        operation,
        compute,
        weights == null || halves ? 8 : bits(weights, "num_bits", 8),
        weights == null ? null : perChannel(weights),
        elements(config, 0),
        end ? end(compute) : null);
  }

  private static IoType end(Compute compute) {
    return switch (compute) {
      case INT8 -> IoType.INT8;
      case INT16X8 -> IoType.INT16;
      default -> IoType.FLOAT;
    };
  }

  private static Compute compute(
      RecipeFields config, RecipeFields weights, RecipeFields activations, String algorithm) {
    String precision = config.text("compute_precision", "FLOAT");
    if (!precision.equals("INTEGER") && !precision.equals("FLOAT")) {
      throw config.error("compute_precision", "is " + precision + "; there are INTEGER and FLOAT");
    }
    if (algorithm.equals("float_casting")
        || weights != null && weights.text("dtype", "INT").equals("FLOAT")) {
      if (weights != null && weights.integer("num_bits", 16) != 16) {
        throw weights.error("num_bits", "is not 16, as weights of dtype FLOAT have");
      }
      return Compute.FLOAT16;
    }
    if (weights != null && !weights.bool("symmetric", true)) {
      throw weights.error("symmetric", "is false; TensorFlow Lite's weights are symmetric");
    }
    if (activations == null) {
      return precision.equals("INTEGER") && !config.bool("explicit_dequantize", false)
          ? Compute.DYNAMIC
          : Compute.WEIGHT_ONLY;
    }
    if (precision.equals("FLOAT")) {
      throw config.error("compute_precision", "is FLOAT, yet activations are to be integers");
    }
    int bits = activations.integer("num_bits", 8);
    if (bits != 8 && bits != 16) {
      throw activations.error("num_bits", "is " + bits + "; activations have 8 or 16 bits");
    }
    return bits == 8 ? Compute.INT8 : Compute.INT16X8;
  }

  private static Pattern pattern(RecipeFields rule, String field) {
    try {
      return Pattern.compile(rule.text(field, ".*"));
    } catch (PatternSyntaxException e) {
      throw rule.error(field, "is no regular expression: " + e.getDescription());
    }
  }

  private static int bits(RecipeFields fields, String field, int absent) {
    int bits = fields.integer(field, absent);
    if (bits != absent && bits != 8 && bits != 4) {
      throw fields.error(field, "is " + bits + "; weights have 8 or 4 bits");
    }
    return bits;
  }

  /** Absent is TENSORWISE, as in ai-edge-quantizer. */
  private static boolean perChannel(RecipeFields fields) {
    String granularity = fields.text("granularity", "TENSORWISE");
    return switch (granularity) {
      case "CHANNELWISE" -> true;
      case "TENSORWISE" -> false;
      default ->
          throw fields.error(
              "granularity", "is " + granularity + "; there are CHANNELWISE and TENSORWISE");
    };
  }

  private static int elements(RecipeFields fields, int absent) {
    int elements = fields.integer("min_weight_elements", absent);
    if (elements < 0 && fields.has("min_weight_elements")) {
      throw fields.error("min_weight_elements", "is negative");
    }
    return elements;
  }
}

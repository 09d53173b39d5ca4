// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.quantize;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.octet.TensorType;
import dev.octet.tflite.BuiltinOperator;
import dev.octet.toolkit.model.EditableOperator;
import dev.octet.toolkit.model.EditableTensor;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RecipeTest {
  private static final OperatorConfig BASE = OperatorConfig.of(Compute.INT8);

  private static EditableOperator operator(BuiltinOperator kind, String... outputs) {
    return new EditableOperator(
        kind,
        List.of(),
        java.util.Arrays.stream(outputs)
            .map(name -> new EditableTensor(name, TensorType.FLOAT32, 1))
            .toList());
  }

  @Test
  void theLastRuleThatMatchesDecides() {
    Recipe recipe =
        Recipe.parse(
            "r",
            """
            [{"scope": "conv", "compute": "INT16X8"},
             {"operation": "CONV_2D", "compute": "WEIGHT_ONLY", "weight_bits": 4,
              "granularity": "TENSORWISE", "min_weight_elements": 7},
             {"scope": "^last;", "compute": "float"}]
            """);
    assertEquals(
        new OperatorConfig(Compute.INT16X8, 8, true, 1024),
        recipe.config(operator(BuiltinOperator.ADD, "conv_1"), BASE));
    assertEquals(
        new OperatorConfig(Compute.WEIGHT_ONLY, 4, false, 7),
        recipe.config(operator(BuiltinOperator.CONV_2D, "conv_1"), BASE));
    assertEquals(
        Compute.FLOAT, recipe.config(operator(BuiltinOperator.CONV_2D, "last"), BASE).compute());
    assertEquals(BASE, recipe.config(operator(BuiltinOperator.ADD, "other"), BASE));
    assertEquals(
        List.of("r: rule 3 matches no operator"),
        recipe.unmatched(List.of(operator(BuiltinOperator.CONV_2D, "conv"))));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "INTEGER | false |                                   | DYNAMIC     | 8",
        "FLOAT   | true  |                                   | WEIGHT_ONLY | 8",
        "FLOAT   | true  |                                   | WEIGHT_ONLY | 4",
        "INTEGER | false | {\"num_bits\":8,\"symmetric\":false} | INT8        | 8",
        "INTEGER | false | {\"num_bits\":16}                  | INT16X8     | 4"
      })
  void portableRulesMeanWhatTheyMeanElsewhere(
      String precision, boolean dequantize, String activations, Compute compute, int bits) {
    Recipe recipe =
        Recipe.parse(
            "r",
            String.format(
                """
                [{"regex": ".*", "operation": "FULLY_CONNECTED",
                  "algorithm_key": "min_max_uniform_quantize",
                  "op_config": {"activation_tensor_config": %s,
                    "weight_tensor_config": {"num_bits": %d, "symmetric": true,
                      "granularity": "CHANNELWISE", "dtype": "INT"},
                    "compute_precision": "%s", "explicit_dequantize": %s,
                    "skip_checks": false, "min_weight_elements": 0}}]
                """,
                activations, bits, precision, dequantize));
    assertEquals(
        new OperatorConfig(compute, bits, true, 0),
        recipe.config(operator(BuiltinOperator.FULLY_CONNECTED, "y"), BASE));
  }

  @Test
  void castingAndNotQuantizingAreAlgorithms() {
    Recipe recipe =
        Recipe.parse(
            "r",
            """
            [{"regex": ".*", "operation": "*", "algorithm_key": "float_casting",
              "op_config": {"weight_tensor_config": {"num_bits": 16, "dtype": "FLOAT"},
                "compute_precision": "FLOAT", "explicit_dequantize": true}},
             {"regex": "logits", "operation": "*", "algorithm_key": "no_quantize"}]
            """);
    assertEquals(
        Compute.FLOAT16, recipe.config(operator(BuiltinOperator.ADD, "y"), BASE).compute());
    assertEquals(
        Compute.FLOAT, recipe.config(operator(BuiltinOperator.ADD, "logits"), BASE).compute());
    assertNull(recipe.io());
  }

  @Test
  void inputAndOutputChooseTheEnds() {
    String rule =
        """
        {"regex": ".*", "operation": "%s", "algorithm_key": "min_max_uniform_quantize",
         "op_config": {"activation_tensor_config": {"num_bits": %d},
           "compute_precision": "INTEGER"}}\
        """;
    String both = "[" + rule.formatted("INPUT", 8) + "," + rule.formatted("OUTPUT", 8) + "]";
    assertEquals(IoType.INT8, Recipe.parse("r", both).io());
    String mixed = "[" + rule.formatted("INPUT", 8) + "," + rule.formatted("OUTPUT", 16) + "]";
    Recipe recipe = Recipe.parse("r", mixed);
    assertThrows(IllegalArgumentException.class, recipe::io);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{}                                              | r: a recipe is an array",
        "[                                               | r: no JSON",
        "[7]                                             | r: rule 1 is no object",
        "[{\"scope\": \"x\"}]                              | r: rule 1: 'compute' is missing",
        "[{\"compute\": \"INT9\"}]                         | r: rule 1: 'compute' is INT9",
        "[{\"compute\": \"INT8\", \"weigth_bits\": 4}]       | r: rule 1: 'weigth_bits' is unknown",
        "[{\"compute\": \"INT8\"},{\"compute\": 3}]          | r: rule 2: 'compute' is no text",
        "[{\"compute\": \"INT8\", \"weight_bits\": 3}]       | r: rule 1: 'weight_bits' is 3",
        "[{\"compute\": \"INT8\", \"weight_bits\": 4.5}]     | r: rule 1: 'weight_bits' is no"
            + " integer",
        "[{\"compute\": \"INT8\", \"scope\": \"(\"}]           | r: rule 1: 'scope' is no regular",
        "[{\"regex\": \"\", \"algorithm_key\": \"GPTQ\"}]      | r: rule 1: 'algorithm_key' is"
            + " GPTQ",
        "[{\"regex\": \"\", \"algorithm_key\": \"float_casting\"}] | r: rule 1: 'op_config' is"
            + " missing",
        "[{\"op_config\": {\"weight_tensor_config\": {\"granularity\": \"BLOCKWISE_32\"}}}]"
            + " | r: rule 1: op_config: weight_tensor_config: 'granularity' is BLOCKWISE_32",
        "[{\"op_config\": {\"activation_tensor_config\": {\"num_bits\": 4},"
            + " \"compute_precision\": \"INTEGER\"}}]"
            + " | r: rule 1: op_config: activation_tensor_config: 'num_bits' is 4"
      })
  void errorsNameRuleAndField(String json, String start) {
    String message =
        assertThrows(IllegalArgumentException.class, () -> Recipe.parse("r", json)).getMessage();
    assertTrue(message.startsWith(start), message);
  }

  @Test
  void aLayerIsNotTakenForOneWhoseFusedNameEndsWithItsOwn() {
    Recipe recipe = Recipe.with(null, List.of("model/conv/BiasAdd"), Compute.INT16X8);
    assertEquals(
        Compute.INT16X8,
        recipe.config(operator(BuiltinOperator.CONV_2D, "model/conv/BiasAdd"), BASE).compute());
    assertEquals(
        BASE,
        recipe.config(
            operator(BuiltinOperator.CONV_2D, "model/last/Relu;model/conv/BiasAdd"), BASE));
  }
}

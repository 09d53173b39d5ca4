// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.quantize;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.octet.tflite.TfliteReader;
import dev.octet.tflite.TfliteTensor;
import dev.octet.toolkit.SharedFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Against the files that TensorFlow 2.21's converter made of the same float models. */
class ReferenceWeightModesTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "mnist_articles",
        "mnist_softmax",
        "mnist_separable",
        "mnist_lstm",
        "mnist_lstm_fused",
        "dense_1024",
        "mobilenet_v2_float"
      })
  void dynamicIsTensorFlows(String model) throws IOException {
    same(model, Mode.DYNAMIC, "dynamic");
  }

  @ParameterizedTest
  @ValueSource(strings = {"mnist_articles", "mnist_softmax", "mnist_separable", "dense_1024"})
  void float16IsTensorFlows(String model) throws IOException {
    same(model, Mode.FLOAT16, "float16");
  }

  /** TensorFlow makes the body's bias an argument of the loop; ours stays in the body. */
  @Test
  void float16OfAWhileLoopDiffersInOneConstant() throws IOException {
    QuantizedModel made = made("mnist_lstm", Mode.FLOAT16, "float16");
    ModelComparison comparison =
        ModelComparison.of(reference("mnist_lstm", "float16"), made.bytes());
    assertEquals(0, comparison.floatsDifferent(), comparison.toString());
    assertTrue(
        comparison.structure().stream()
            .allMatch(line -> line.contains("operators differ") || line.contains("inputs: 6")),
        comparison.toString());
  }

  /** TensorFlow makes the state's zeros constants with a DEQUANTIZE; ours are variables still. */
  @Test
  void float16OfAFusedLstmKeepsItsVariables() throws IOException {
    QuantizedModel made = made("mnist_lstm_fused", Mode.FLOAT16, "float16");
    ModelComparison comparison =
        ModelComparison.of(reference("mnist_lstm_fused", "float16"), made.bytes());
    assertEquals(1, comparison.structure().size(), comparison.toString());
    assertEquals(List.of("STRIDED_SLICE"), made.kept().stream().map(OperatorNote::name).toList());
    long variables =
        TfliteReader.read("made", made.bytes()).subgraphs().get(0).tensors().stream()
            .filter(TfliteTensor::variable)
            .filter(tensor -> !tensor.isConstant())
            .count();
    assertEquals(2, variables);
  }

  private static void same(String model, Mode mode, String file) throws IOException {
    QuantizedModel made = made(model, mode, file);
    ModelComparison comparison = ModelComparison.of(reference(model, file), made.bytes());
    assertEquals(List.of(), comparison.structure(), model);
    assertEquals(List.of(), comparison.numbers(), model);
  }

  private static QuantizedModel made(String model, Mode mode, String file) throws IOException {
    Path reference = reference(model, file);
    QuantizedModel made =
        Quantizer.of(reference.resolveSibling("float.tflite")).mode(mode).quantize();
    assertTrue(
        made.size() <= Files.size(reference),
        made + ", more than TensorFlow's " + Files.size(reference));
    return made;
  }

  private static Path reference(String model, String file) {
    return SharedFolder.file("reference/" + model + "/" + file + ".tflite");
  }
}

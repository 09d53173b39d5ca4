// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.evaluate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.octet.InterpreterOptions;
import dev.octet.Model;
import dev.octet.Numerics;
import dev.octet.toolkit.SharedFolder;
import dev.octet.toolkit.data.DataOptions;
import dev.octet.toolkit.data.DataSet;
import dev.octet.toolkit.data.DataSets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Accuracy on the 10,000 test images of MNIST against what TensorFlow 2.21 counted with its
 * built-in kernels on the files that its converter made.
 */
@DisabledIfSystemProperty(
    named = "octet.emulated",
    matches = "true",
    disabledReason = "10,000 images by every model take an emulated processor too long")
class ReferenceAccuracyTest {
  /** Rounding in float may turn the choice for as many images. */
  private static final int FLOAT_IMAGES = 2;

  /**
   * TensorFlow 2.21 counts up to 5 images more or less when QUANTIZE and DEQUANTIZE stand at the
   * ends of an int8 model. TensorFlow Lite 2.20 does not: its outputs are Octet's, bit for bit, on
   * all images of mnist_articles.
   */
  private static final int FLOAT_ENDS_IMAGES = 5;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "mnist_articles",
        "mnist_separable",
        "mnist_softmax",
        "mnist_lstm",
        "mnist_lstm_fused"
      })
  void accuracyIsTensorFlows(String name) throws IOException {
    Path folder = SharedFolder.file("reference/" + name);
    SharedFolder.file("data/mnist/t10k-labels-idx1-ubyte.gz");
    JsonObject files =
        JsonParser.parseString(Files.readString(folder.resolve("meta.json")))
            .getAsJsonObject()
            .getAsJsonObject("files");
    Path real = folder.resolve("float.tflite");
    DataSet data;
    try (Model model = Model.load(real)) {
      data =
          DataSets.open(
              SharedFolder.file("data/mnist") + ":t10k", model.inputs(), DataOptions.DEFAULT);
    }
    Evaluator evaluator =
        Evaluator.on(data)
            .metrics(Metrics.accuracy())
            .timing(Duration.ZERO)
            .options(new InterpreterOptions().numerics(Numerics.EXACT));
    for (Map.Entry<String, JsonElement> file : files.entrySet()) {
      if (accuracy(file.getValue()) >= 0) {
        evaluator.model(file.getKey(), folder.resolve(file.getKey() + ".tflite"));
      }
    }
    Evaluations result = evaluator.evaluate();
    assertEquals(10_000, result.samples());
    assertTrue(result.models().size() >= 3);
    for (Evaluation model : result.models()) {
      double expected = accuracy(files.get(model.name()));
      double images = 10_000 * Math.abs(model.metric("top-1").value() - expected);
      String kind = model.name();
      int most =
          kind.equals("int8_float_io")
              ? FLOAT_ENDS_IMAGES
              : kind.startsWith("int") ? 0 : FLOAT_IMAGES;
      assertTrue(images <= most + 1e-6, name + "/" + kind + ": " + images + " images");
    }
  }

  /** With built-in kernels, or -1 where TensorFlow refused or failed. */
  private static double accuracy(JsonElement file) {
    JsonElement value = file.getAsJsonObject().get("accuracy_builtin");
    return value == null || !value.getAsJsonPrimitive().isNumber() ? -1 : value.getAsDouble();
  }
}

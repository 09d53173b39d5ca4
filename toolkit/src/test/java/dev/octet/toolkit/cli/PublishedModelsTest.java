// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import dev.octet.toolkit.SharedFolder;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Published models on photographs. The expected class is what TensorFlow Lite 2.21 says for the
 * same picture resized by TensorFlow's own bilinear rule; scores may differ by rounding.
 */
class PublishedModelsTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "mobilenet_v2_1.0_224_quant; grace_hopper.bmp; military uniform; 0.902",
        "mobilenet_v2_1.0_224_quant; cat.bmp; Egyptian cat; 0.801",
        "mobilenet_v2_1.0_224_quant; hot_dog.jpg; hotdog, hot dog, red hot; 0.961",
        "tf2_mobilenet_v2_1.0_224_ptq; grace_hopper.bmp; military uniform; 0.816",
        "tf2_mobilenet_v2_1.0_224_ptq; cat.bmp; Egyptian cat; 0.602",
        "tf2_mobilenet_v2_1.0_224_ptq; hot_dog.jpg; hotdog, hot dog, red hot; 0.820"
      })
  void photographsAreNamedAsTensorFlowLiteNamesThem(
      String model, String picture, String label, double score) {
    JsonObject best =
        CommandRun.good(
                "classify",
                SharedFolder.file("models/" + model + ".tflite"),
                SharedFolder.file("data/images/" + picture),
                "--labels",
                SharedFolder.file("data/images/imagenet_labels.txt"),
                "--json")
            .json()
            .getAsJsonArray()
            .get(0)
            .getAsJsonObject()
            .getAsJsonArray("top")
            .get(0)
            .getAsJsonObject();
    assertEquals(label, best.get("label").getAsString());
    assertEquals(score, best.get("score").getAsDouble(), 0.04);
  }

  @ParameterizedTest
  @CsvSource({"0_subgraphs.bin", "test_model_broken.bin", "no_subgraphs.bin"})
  void brokenModelsAreToldInOneLine(String file) {
    Path model = SharedFolder.file("models/" + file);
    for (String command : new String[] {"run", "inspect", "bench"}) {
      String line = CommandRun.failed(1, command, model);
      assertTrue(line.contains(file) && line.contains("byte"), line);
    }
  }
}

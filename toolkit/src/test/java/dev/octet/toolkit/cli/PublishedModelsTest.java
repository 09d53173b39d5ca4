// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.gson.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Published models on photographs. The expected class is what TensorFlow Lite 2.21 says for the
 * same picture resized by TensorFlow's own bilinear rule; scores may differ by rounding.
 */
class PublishedModelsTest {
  private static Path shared(String file) {
    String root = System.getProperty("OCTET_SHARED", System.getenv("OCTET_SHARED"));
    Path path = (root == null ? Path.of("..", "..", "shared") : Path.of(root)).resolve(file);
    assumeTrue(Files.exists(path), () -> "skipped: " + path.normalize() + " is absent");
    return path;
  }

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
                shared("models/" + model + ".tflite"),
                shared("data/images/" + picture),
                "--labels",
                shared("data/images/imagenet_labels.txt"),
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
    Path model = shared("models/" + file);
    for (String command : new String[] {"run", "inspect", "bench"}) {
      String line = CommandRun.failed(1, command, model);
      assertTrue(line.contains(file) && line.contains("byte"), line);
    }
  }
}

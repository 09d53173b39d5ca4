// SPDX-License-Identifier: Apache-2.0
package dev.octet.tflite;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.octet.MalformedModelException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Published models: all are read but those that are broken, on purpose or not. */
class SharedModelsTest {
  private static Path shared(String name) {
    String folder = System.getProperty("OCTET_SHARED", System.getenv("OCTET_SHARED"));
    Path path = Path.of(folder == null ? "../../shared" : folder).resolve(name);
    assumeTrue(Files.exists(path), "the shared folder has no " + name);
    return path;
  }

  private static final List<String> BROKEN =
      List.of(
          "0_subgraphs.bin",
          "no_subgraphs.bin",
          "test_model_broken.bin",
          "add_shared_tensors.bin",
          "segment_sum_invalid_buffer.bin");

  @ParameterizedTest
  @CsvSource({"models,60", "reference,30"})
  void everySoundFileIsReadAndSurvivesTheWriter(String folder, int least) throws IOException {
    List<Path> files;
    try (Stream<Path> paths = Files.walk(shared(folder))) {
      files = paths.filter(path -> path.toString().matches(".*\\.(tflite|bin)")).sorted().toList();
    }
    int read = 0;
    List<String> refused = new ArrayList<>();
    for (Path file : files) {
      if (BROKEN.contains(file.getFileName().toString())) {
        continue;
      }
      try {
        TfliteModel model = TfliteReader.map(file);
        TfliteModel again = TfliteReader.read("again", TfliteWriter.write(model.table()));
        assertEquals(model.table().toString(), again.table().toString());
        read++;
      } catch (MalformedModelException e) {
        refused.add(e.getMessage());
      }
    }
    assertEquals(List.of(), refused);
    assertTrue(read >= least, read + " files were read");
  }

  @ParameterizedTest
  @CsvSource({
    "0_subgraphs.bin,the model has no subgraph",
    "no_subgraphs.bin,the model has no subgraph",
    "test_model_broken.bin,bytes 4 to 7 are not 'TFL3'",
    "add_shared_tensors.bin,operator 0 ADD: writes tensor 1 'input'",
    "segment_sum_invalid_buffer.bin,operator 0 SEGMENT_SUM: reads tensor 2 'pyx/y'",
  })
  void brokenFilesAreRefused(String file, String message) {
    Path path = shared("models/" + file);
    MalformedModelException e =
        assertThrows(MalformedModelException.class, () -> TfliteReader.map(path));
    assertTrue(e.getMessage().contains(message.replace('"', '\'')), e.getMessage());
  }

  @Test
  void mobilenet() {
    TfliteModel model = TfliteReader.map(shared("models/mobilenet_v1_0.25_128_quant.tflite"));
    TfliteSubgraph graph = model.subgraphs().get(0);
    TfliteOperator first = graph.operators().get(0);
    assertEquals("CONV_2D", first.name());
    assertEquals(2, first.options().integer("stride_h"));
    assertEquals(2, first.options().integer("stride_w"));
    assertEquals(Padding.SAME, first.options().enumeration("padding", Padding.class));
    assertEquals(
        Activation.RELU6,
        first.options().enumeration("fused_activation_function", Activation.class));
    TfliteTensor input = graph.tensors().get(graph.inputs()[0]);
    assertArrayEquals(new int[] {1, 128, 128, 3}, input.shape());
    assertEquals(0.0078125f, input.quantization().affine().scale());
    assertEquals(128, input.quantization().affine().zeroPoint());
    assertArrayEquals(new int[] {1, 1001}, graph.tensors().get(graph.outputs()[0]).shape());
  }

  @Test
  void personDetectionHasABiasOutsideTheRules() {
    TfliteModel model = TfliteReader.map(shared("models/person_detect.tflite"));
    int found = 0;
    for (TfliteTensor tensor : model.subgraphs().get(0).tensors()) {
      Table raw = model.table().tables("subgraphs").get(0).tables("tensors").get(tensor.index());
      Table quantization = raw.table("quantization");
      if (quantization != null
          && tensor.quantization().scales().length > 1
          && quantization.integer("quantized_dimension") >= tensor.rank()) {
        assertEquals(0, tensor.quantization().dimension());
        found++;
      }
    }
    assertTrue(found > 0, "no such bias");
  }

  @Test
  void signatures() {
    TfliteModel model = TfliteReader.map(shared("models/two_signatures.tflite"));
    assertEquals(2, model.signatures().size());
  }
}

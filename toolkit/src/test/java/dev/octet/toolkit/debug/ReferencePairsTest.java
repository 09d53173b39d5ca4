// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.debug;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.octet.Model;
import dev.octet.SignatureInfo;
import dev.octet.toolkit.SharedFolder;
import dev.octet.toolkit.data.DataOptions;
import dev.octet.toolkit.data.DataSets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Files that TensorFlow's converters made of float models. */
class ReferencePairsTest {
  @ParameterizedTest
  @CsvSource({
    "mnist_articles, dynamic", "mnist_articles, float16", "mnist_articles, int8_float_io",
    "mnist_articles, int8_int8_io", "mnist_articles, int8_uint8_io", "mnist_articles, int16x8",
    "mnist_separable, dynamic", "mnist_separable, float16", "mnist_separable, int8_float_io",
    "mnist_separable, int8_int8_io", "mnist_separable, int8_uint8_io", "mnist_separable, int16x8",
    "mnist_softmax, int8_float_io", "mnist_softmax, int8_uint8_io", "mnist_softmax, int16x8",
    "mnist_lstm_fused, float16", "mnist_lstm_fused, int8_float_io", "mnist_lstm, dynamic"
  })
  void everyOperatorIsMatchedAndMeasured(String model, String file) throws IOException {
    Path real = SharedFolder.file("reference/" + model + "/float.tflite");
    Path quantized = SharedFolder.file("reference/" + model + "/" + file + ".tflite");
    String data = SharedFolder.file("data/mnist") + ":t10k@0:8";
    Diagnosis found = diagnosis(real, quantized, data);
    assertEquals("[]", found.remarks().toString());
    assertTrue(found.given().sqnr() > 15, found.given().toString());
    assertEquals(1, found.given().sameClass());
    for (LayerError layer : found.layers()) {
      boolean alone = layer.own() != null || layer.kind().equals("WHILE");
      assertTrue(alone, layer + " was not run by itself");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "pretrainedResnet.tflite, pretrainedResnet_quant.tflite",
    "vww_96_float.tflite, vww_96_int8.tflite",
    "ad01_fp32.tflite, ad01_int8.tflite",
    "trained_lstm.tflite, trained_lstm_int8.tflite"
  })
  void publishedPairsAreMatched(String real, String quantized) throws IOException {
    Path realFile = SharedFolder.file("models/" + real);
    Path quantizedFile = SharedFolder.file("models/" + quantized);
    Pair pair =
        Pair.read(real, Files.readAllBytes(realFile), quantized, Files.readAllBytes(quantizedFile));
    LayerMatching matching = new LayerMatching(pair.real(), pair.quantized());
    assertEquals("[]", matching.unmatched().toString());
    assertEquals("[]", matching.missing().toString());
  }

  private static Diagnosis diagnosis(Path real, Path quantized, String data) throws IOException {
    try (Model model = Model.load(real)) {
      SignatureInfo signature = model.signatures().get(0);
      return Debugger.of(real, quantized)
          .samples(DataSets.open(data, signature, DataOptions.DEFAULT))
          .mends(2)
          .diagnose();
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.quantize.integer;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.octet.toolkit.SharedFolder;
import dev.octet.toolkit.model.EditableModel;
import dev.octet.toolkit.quantize.Compute;
import dev.octet.toolkit.quantize.IoType;
import dev.octet.toolkit.quantize.ModelComparison;
import dev.octet.toolkit.quantize.OperatorConfig;
import dev.octet.toolkit.quantize.WeightQuantization.NearZero;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** MLPerf Tiny's int8 models from its float ones, with the scales of the former's activations. */
class PublishedPairsTest {
  @ParameterizedTest
  @CsvSource({
    "pretrainedResnet, pretrainedResnet_quant, 77360",
    "vww_96_float, vww_96_int8, 208112",
    "ad01_fp32, ad01_int8, 264192",
  })
  void everyNumberIsThePublishedOne(String source, String published, int weights)
      throws IOException {
    Path expected = SharedFolder.file("models/" + published + ".tflite");
    EditableModel model = read(SharedFolder.file("models/" + source + ".tflite"));
    FileRanges ranges = new FileRanges(model, read(expected));
    IntegerQuantization.apply(
        model,
        ranges,
        op -> OperatorConfig.of(Compute.INT8),
        IntegerOptions.of(IoType.INT8)
            .withPerChannelDense(false)
            .withNearZero(NearZero.AS_THEY_ARE));
    ModelComparison comparison = ModelComparison.of(expected, model.toBytes());
    assertEquals(weights, comparison.weights().total());
    assertEquals(List.of(), comparison.structure());
    assertEquals(List.of(), comparison.numbers());
  }

  private static EditableModel read(Path path) throws IOException {
    return EditableModel.read(path.toString(), Files.readAllBytes(path));
  }
}

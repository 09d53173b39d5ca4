// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.search;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.octet.toolkit.ShippedFiles;
import dev.octet.toolkit.calibrate.ActivationRanges;
import dev.octet.toolkit.calibrate.Calibrator;
import dev.octet.toolkit.calibrate.Range;
import dev.octet.toolkit.data.DataSet;
import dev.octet.toolkit.data.DataSets;
import dev.octet.toolkit.data.Sample;
import dev.octet.toolkit.model.EditableModel;
import dev.octet.toolkit.quantize.Compute;
import dev.octet.toolkit.quantize.Mode;
import dev.octet.toolkit.quantize.OperatorNote;
import dev.octet.toolkit.quantize.Quantizer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;

class AccuracySearchTest {
  private static final DataSet CALIBRATION = DataSets.digits(3, 100);
  private static final DataSet VALIDATION = DataSets.digits(4, 500);

  @Test
  void aModelThatLosesNothingStaysAsItIs() throws IOException {
    AccuracySearch.Result result =
        new AccuracySearch(quantizer(ranges(-1, 1)), null, VALIDATION).limit(1).search();
    assertTrue(result.reached());
    assertEquals(1, result.trials().size());
    assertTrue(result.sensitivities().isEmpty());
    assertNull(result.recipe());
  }

  @Test
  void theLayersThatHurtAreFoundAndKeptWide() throws IOException {
    // 200 times too wide: a few levels are left of that layer's output
    int spoiled = tensor("separable", 4);
    for (Compute wide : List.of(Compute.FLOAT, Compute.INT16X8)) {
      AccuracySearch.Result result =
          new AccuracySearch(quantizer(ranges(spoiled, 200)), null, VALIDATION)
              .limit(1)
              .wide(wide)
              .rankSamples(50)
              .search();
      String words = wide + ": " + result.trials();
      assertTrue(result.reached(), words);
      assertFalse(result.trials().get(0).underLimit(), words);
      assertTrue(result.trials().get(0).difference().lossPoints() > 5, words);
      List<OperatorNote> kept =
          result.model().operators().stream().filter(n -> n.compute() == wide).toList();
      assertTrue(!kept.isEmpty() && kept.size() <= 2, words);
      assertEquals(
          last(result).wide().stream().sorted().toList(),
          kept.stream().map(OperatorNote::output).sorted().toList());
      assertArrayEquals(
          result.model().bytes(),
          quantizer(ranges(spoiled, 200)).recipe(result.recipe()).quantize().bytes(),
          "the recipe makes the model again");
    }
  }

  private static AccuracySearch.Trial last(AccuracySearch.Result result) {
    List<AccuracySearch.Trial> good =
        result.trials().stream().filter(AccuracySearch.Trial::underLimit).toList();
    return good.get(good.size() - 1);
  }

  @Test
  void withoutLabelsThereIsNoLoss() throws IOException {
    List<Sample> samples = new ArrayList<>();
    for (Sample sample : DataSets.digits(5, 4)) {
      samples.add(new Sample(sample.name(), sample.inputs(), -1, null));
    }
    AccuracySearch search =
        new AccuracySearch(quantizer(ranges(-1, 1)), null, DataSets.of("without labels", samples));
    String message = assertThrows(IllegalArgumentException.class, search::search).getMessage();
    assertTrue(message.startsWith("without labels has neither labels nor targets"), message);
  }

  @Test
  void itCanBeInterrupted() throws IOException {
    AccuracySearch search =
        new AccuracySearch(quantizer(ranges(tensor("separable", 4), 200)), null, VALIDATION)
            .limit(0)
            .listener(
                (words, done, total) -> {
                  if (words.startsWith("sensitivity")) {
                    Thread.currentThread().interrupt();
                  }
                });
    try {
      assertThrows(CancellationException.class, search::search);
    } finally {
      Thread.interrupted();
    }
  }

  private static Quantizer quantizer(ActivationRanges ranges) throws IOException {
    return Quantizer.of("digits_separable.tflite", separable()).mode(Mode.INT8).calibration(ranges);
  }

  /** Measured ranges, of which that of one tensor is multiplied. */
  private static ActivationRanges ranges(int spoiled, float factor) throws IOException {
    ActivationRanges measured = new Calibrator("digits", separable()).calibrate(null, CALIBRATION);
    return (graph, tensor) -> {
      Range range = measured.range(graph, tensor);
      return tensor == spoiled && range != null
          ? new Range(factor * range.min(), factor * range.max())
          : range;
    };
  }

  private static int tensor(String name, int operator) throws IOException {
    return EditableModel.read(name, separable())
        .graphs()
        .get(0)
        .operators()
        .get(operator)
        .output(0)
        .sourceIndex();
  }

  private static byte[] separable() throws IOException {
    return ShippedFiles.bytes("digits_separable.tflite");
  }
}

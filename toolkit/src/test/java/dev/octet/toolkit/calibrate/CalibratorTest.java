// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.calibrate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.octet.InferenceException;
import dev.octet.Interpreter;
import dev.octet.InterpreterOptions;
import dev.octet.Model;
import dev.octet.toolkit.ShippedFiles;
import dev.octet.toolkit.data.DataSetHash;
import dev.octet.toolkit.model.EditableModel;
import dev.octet.toolkit.model.EditableSignature;
import dev.octet.toolkit.model.EditableTensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class CalibratorTest {
  static byte[] digits() throws IOException {
    return ShippedFiles.bytes("digits_float.tflite");
  }

  static int[] inputShape() throws IOException {
    try (Model model = Model.load(digits())) {
      return model.inputs().get(0).shape();
    }
  }

  /** The tensors that operators of the digit model compute, by running them one by one. */
  private static List<EditableTensor> computed() throws IOException {
    List<EditableTensor> tensors = new ArrayList<>();
    EditableModel.read("digits", digits())
        .graphs()
        .get(0)
        .operators()
        .forEach(operator -> tensors.addAll(operator.outputs()));
    return tensors;
  }

  @Test
  void rangesAreThoseOfTheTensorsOverAllSamples() throws IOException {
    ListedSamples samples = ListedSamples.random(1, 9, inputShape());
    CalibrationStatistics seen = new Calibrator("digits", digits()).calibrate(null, samples);
    int checked = 0;
    try (Model model = Model.load(digits())) {
      for (EditableTensor tensor : computed()) {
        float min = Float.POSITIVE_INFINITY;
        float max = Float.NEGATIVE_INFINITY;
        try (Interpreter interpreter =
            model.interpreter(new InterpreterOptions().taps(tensor.name()))) {
          for (var sample : samples) {
            interpreter.input(0).buffer().put(sample.inputs().get(0).data());
            interpreter.run();
            for (float x : interpreter.tap(tensor.name()).toFloats()) {
              min = Math.min(min, x);
              max = Math.max(max, x);
            }
          }
        }
        assertEquals(new Range(min, max), seen.range(0, tensor.sourceIndex()), tensor.name());
        assertEquals(9L * tensor.elements(), seen.tensor(0, tensor.sourceIndex()).count());
        checked++;
      }
    }
    assertTrue(checked >= 4, checked + " tensors");
    assertEquals(9, seen.samples().size());
    assertEquals("s8", seen.samples().get(8));
  }

  @Test
  void threadsChangeNothing() throws IOException {
    ListedSamples samples = ListedSamples.random(2, 23, inputShape());
    CalibrationStatistics one =
        new Calibrator("digits", digits()).threads(1).calibrate(null, samples);
    CalibrationStatistics four =
        new Calibrator("digits", digits()).threads(4).calibrate(null, samples);
    assertEquals(one.sources(), four.sources());
    for (TensorStatistics tensor : one.tensors()) {
      TensorStatistics other = four.tensor(tensor.key().graph(), tensor.key().tensor());
      assertEquals(Arrays.toString(tensor.sampleMin()), Arrays.toString(other.sampleMin()));
      assertEquals(Arrays.toString(tensor.sampleMax()), Arrays.toString(other.sampleMax()));
      int[] bins = tensor.histogram().bins();
      assertEquals(Arrays.toString(bins), Arrays.toString(other.histogram().bins()));
      for (int bin : bins) {
        assertEquals(tensor.histogram().count(bin), other.histogram().count(bin));
      }
    }
  }

  @Test
  void samplesThatAreNotFiniteAreNamedAndNotCounted() throws IOException {
    int[] shape = inputShape();
    ListedSamples samples = ListedSamples.random(3, 5, shape);
    samples.samples().get(2).inputs().get(0).data().asFloatBuffer().put(40, Float.NaN);
    samples.samples().get(4).inputs().get(0).data().asFloatBuffer().put(41, 1f / 0f);
    samples.samples().get(4).inputs().get(0).data().asFloatBuffer().put(42, -1f / 0f);
    CalibrationStatistics seen = new Calibrator("digits", digits()).calibrate(null, samples);
    int input =
        EditableModel.read("digits", digits()).graphs().get(0).inputs().get(0).sourceIndex();
    TensorStatistics tensor = seen.tensor(0, input);
    assertEquals(List.of("s2", "s4"), tensor.nonFiniteSamples());
    assertEquals(1, tensor.nans());
    assertEquals(2, tensor.infinities());
    assertEquals(5 * Arrays.stream(shape).reduce(1, (a, b) -> a * b) - 3, tensor.count());
    assertTrue(tensor.max() < 10 && tensor.min() > -10, tensor.toString());
  }

  @Test
  void constantsAndUnknownTensorsHaveNoRange() throws IOException {
    CalibrationStatistics seen =
        new Calibrator("digits", digits())
            .calibrate(null, ListedSamples.random(4, 1, inputShape()));
    for (EditableTensor tensor : EditableModel.read("digits", digits()).graphs().get(0).tensors()) {
      assertEquals(tensor.constant(), seen.range(0, tensor.sourceIndex()) == null, tensor.name());
    }
    assertNull(seen.range(0, 9999));
    assertNull(seen.range(7, 0));
  }

  @Test
  void calibrationsThroughSeveralSignaturesAddUp() throws IOException {
    EditableModel model = EditableModel.read("digits", digits());
    var graph = model.graphs().get(0);
    model.signatures().clear();
    for (String key : List.of("day", "night")) {
      model
          .signatures()
          .add(
              new EditableSignature(
                  key,
                  graph,
                  new LinkedHashMap<>(Map.of("picture", graph.inputs().get(0))),
                  new LinkedHashMap<>(Map.of("scores", graph.outputs().get(0)))));
    }
    byte[] bytes = model.toBytes();
    ListedSamples first = ListedSamples.random(7, 5, inputShape());
    ListedSamples second = ListedSamples.random(8, 4, inputShape());
    Calibrator calibrator = new Calibrator("digits", bytes);
    calibrator.calibrate("day", first);
    CalibrationStatistics both = calibrator.calibrate("night", second);
    assertEquals(List.of("day", "night"), both.sources().stream().map(s -> s.signature()).toList());
    assertEquals(DataSetHash.of(second).hex(), both.sources().get(1).hash());
    assertEquals(9, both.samples().size());
    CalibrationStatistics day = new Calibrator("digits", bytes).calibrate(null, first);
    CalibrationStatistics night = new Calibrator("digits", bytes).calibrate(null, second);
    for (TensorStatistics tensor : both.tensors()) {
      int index = tensor.key().tensor();
      assertEquals(day.range(0, index).union(night.range(0, index)), both.range(0, index));
      assertEquals(day.tensor(0, index).count() + night.tensor(0, index).count(), tensor.count());
    }
    assertThrows(NoSuchElementException.class, () -> calibrator.calibrate("dusk", first));
  }

  @Test
  void wrongSamplesAreRefusedByName() throws IOException {
    Calibrator calibrator = new Calibrator("digits", digits());
    ListedSamples wrong = ListedSamples.random(5, 2, 1, 3, 3, 1);
    String message =
        assertThrows(UncheckedIOException.class, () -> calibrator.calibrate(null, wrong))
            .getMessage();
    assertTrue(message.contains("s0") || message.contains("s1"), message);
    ListedSamples none = new ListedSamples("empty folder", List.of());
    message =
        assertThrows(UncheckedIOException.class, () -> calibrator.calibrate(null, none))
            .getMessage();
    assertTrue(message.contains("empty folder: there are no samples"), message);
    assertEquals(0, calibrator.statistics().samples().size());
  }

  @Test
  void stoppingLeavesWhatWasThere() throws IOException {
    ListedSamples samples = ListedSamples.random(6, 40, inputShape());
    AtomicLong heard = new AtomicLong();
    Calibrator calibrator = new Calibrator("digits", digits());
    calibrator.listener((done, total) -> heard.set(done)).stop(() -> heard.get() >= 10);
    InferenceException stopped =
        assertThrows(InferenceException.class, () -> calibrator.calibrate(null, samples));
    assertEquals(InferenceException.Kind.CANCELLED, stopped.kind());
    assertEquals(0, calibrator.statistics().samples().size());

    calibrator.stop(() -> false);
    Thread.currentThread().interrupt();
    assertThrows(InferenceException.class, () -> calibrator.calibrate(null, samples));
    assertTrue(Thread.interrupted());
    assertEquals(40, calibrator.calibrate(null, samples).samples().size());
    assertEquals(40, heard.get());
  }

  @Test
  void noThreadOutlivesAQuestionThatFails() throws IOException {
    // so many that no thread is through with them before the first question
    ListedSamples samples = ListedSamples.random(6, 5000, inputShape());
    AtomicLong heard = new AtomicLong();
    Thread caller = Thread.currentThread();
    Calibrator calibrator =
        new Calibrator("digits", digits())
            .listener((done, total) -> heard.set(done))
            .stop(
                () -> {
                  if (Thread.currentThread() == caller) {
                    throw new IllegalStateException("asked in vain");
                  }
                  return false;
                });
    assertThrows(IllegalStateException.class, () -> calibrator.calibrate(null, samples));
    assertEquals(
        0,
        Thread.getAllStackTraces().keySet().stream()
            .filter(thread -> thread.getName().startsWith("octet-calibration-"))
            .count());
    assertTrue(heard.get() < 5000);
  }
}

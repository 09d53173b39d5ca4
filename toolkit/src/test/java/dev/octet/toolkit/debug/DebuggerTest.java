// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.debug;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.octet.TensorType;
import dev.octet.tflite.BuiltinOperator;
import dev.octet.toolkit.ShippedFiles;
import dev.octet.toolkit.calibrate.CalibrationStatistics;
import dev.octet.toolkit.calibrate.Calibrator;
import dev.octet.toolkit.data.DataFormatException;
import dev.octet.toolkit.data.DataSet;
import dev.octet.toolkit.data.DataSets;
import dev.octet.toolkit.data.NpyArray;
import dev.octet.toolkit.data.Sample;
import dev.octet.toolkit.model.EditableGraph;
import dev.octet.toolkit.model.EditableModel;
import dev.octet.toolkit.model.EditableOperator;
import dev.octet.toolkit.model.EditableTensor;
import dev.octet.toolkit.quantize.IoType;
import dev.octet.toolkit.quantize.Mode;
import dev.octet.toolkit.quantize.Quantizer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;

class DebuggerTest {
  private static final DataSet CALIBRATION = DataSets.digits(3, 60);
  private static final DataSet VALIDATION = DataSets.digits(4, 40);

  private static CalibrationStatistics measured(byte[] file, DataSet data) {
    return new Calibrator("digits", file).calibrate(null, data);
  }

  private static Diagnosis diagnosis(byte[] real, byte[] quantized) throws IOException {
    return Debugger.of("float", real, "int8", quantized).samples(VALIDATION).diagnose();
  }

  /** Index of the tensor that the first operator of that kind writes. */
  private static int output(byte[] file, BuiltinOperator kind) {
    return EditableModel.read("model", file).graphs().get(0).operators().stream()
        .filter(operator -> operator.is(kind))
        .findFirst()
        .orElseThrow()
        .output(0)
        .sourceIndex();
  }

  @Test
  void clippedLayerIsNamedAndMended() throws IOException {
    byte[] real = ShippedFiles.bytes("digits_separable.tflite");
    int add = output(real, BuiltinOperator.ADD);
    byte[] spoiled =
        DigitModels.int8(real, DigitModels.spoiled(measured(real, CALIBRATION), add, 0.1));
    Diagnosis found = diagnosis(real, spoiled);
    Finding first = found.findings().get(0);
    assertEquals("add_1", first.layer().name());
    assertEquals(Cause.CLIPPED, first.cause());
    assertEquals(Finding.Severity.SERIOUS, first.severity());
    RangeUse range = first.layer().range();
    assertTrue(range.clippedHigh() > 0.2 && range.clippedLow() == 0, range.toString());
    assertTrue(first.sentences().get(0).contains(" % of add_1's values are clipped"));
    assertEquals(Mend.Kind.RANGE, first.best().orElseThrow().mends().get(0).kind());
    double sound =
        diagnosis(real, DigitModels.int8(real, measured(real, CALIBRATION))).given().sqnr();
    double mended = first.best().orElseThrow().effect().sqnr();
    assertTrue(found.given().sqnr() < sound - 10, "spoiled " + found.given() + ", sound " + sound);
    assertTrue(mended > sound - 3, "mended " + mended + " dB, sound " + sound);
  }

  @Test
  void keepingTheLayerFloatDoesNotMendItsRange() throws IOException {
    byte[] real = ShippedFiles.bytes("digits_separable.tflite");
    int add = output(real, BuiltinOperator.ADD);
    byte[] spoiled =
        DigitModels.int8(real, DigitModels.spoiled(measured(real, CALIBRATION), add, 0.1));
    Diagnosis found = diagnosis(real, spoiled);
    Trial kept =
        found.findings().get(0).tried().stream()
            .filter(trial -> trial.mends().get(0).kind() == Mend.Kind.FLOAT)
            .findFirst()
            .orElseThrow();
    assertEquals(found.given().sqnr(), kept.effect().sqnr(), 1);
  }

  @Test
  void samplesThatSetARangeAreNamed() throws IOException {
    byte[] real = ShippedFiles.bytes("digits_separable.tflite");
    List<Sample> samples = new ArrayList<>();
    for (Sample sample : CALIBRATION) {
      boolean wild = samples.size() == 17 || samples.size() == 31;
      samples.add(wild ? times(sample, 12, "wild " + samples.size()) : sample);
    }
    DataSet calibration = DataSets.of("some of them wild", samples);
    byte[] quantized = DigitModels.int8(real, measured(real, calibration));
    Diagnosis found =
        Debugger.of("float", real, "int8", quantized)
            .samples(VALIDATION)
            .calibration(calibration)
            .diagnose();
    Finding first = found.findings().get(0);
    assertEquals(Cause.WIDE, first.cause(), first.toString());
    String all = String.join(" ", first.sentences());
    assertTrue(all.contains("of its 256 levels"), all);
    assertTrue(all.contains("was set by 2 of 60 calibration samples"), all);
    assertTrue(all.contains("wild 17") && all.contains("wild 31"), all);
  }

  private static Sample times(Sample sample, float factor, String name) {
    float[] pixels = sample.inputs().get(0).toFloats();
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] *= factor;
    }
    NpyArray wild = NpyArray.of(pixels, sample.inputs().get(0).shape());
    return new Sample(name, List.of(wild), sample.label(), null);
  }

  @Test
  void oneScaleForUnlikeChannelsIsNamedAndMended() throws IOException {
    EditableModel model =
        EditableModel.read("digits", ShippedFiles.bytes("digits_separable.tflite"));
    EditableOperator conv =
        model.graphs().get(0).operators().stream()
            .filter(operator -> operator.is(BuiltinOperator.CONV_2D))
            .skip(1)
            .findFirst()
            .orElseThrow();
    float[] weights = conv.input(1).floats();
    int inner = weights.length / conv.input(1).dim(0);
    for (int i = 0; i < inner; i++) {
      weights[i] *= 200;
    }
    conv.input(1).floats(weights);
    byte[] real = model.toBytes();
    CalibrationStatistics ranges = measured(real, CALIBRATION);
    byte[] quantized = DigitModels.int8(real, ranges, IoType.FLOAT, false);
    Diagnosis found =
        Debugger.of("float", real, "int8", quantized).samples(VALIDATION).mends(20).diagnose();
    Finding finding =
        found.findings().stream()
            .filter(each -> each.layer().name().equals("conv2d_2_1"))
            .findFirst()
            .orElseThrow();
    WeightError error = finding.layer().weights();
    assertEquals(1, error.scales());
    assertTrue(error.spread() > 100 && error.worst() < 10, error.toString());
    Trial channels =
        finding.tried().stream()
            .filter(trial -> trial.mends().get(0).kind() == Mend.Kind.CHANNELS)
            .findFirst()
            .orElseThrow();
    Layer after =
        mended(real, quantized, channels.mends()).stream()
            .filter(layer -> layer.name().equals("conv2d_2_1"))
            .findFirst()
            .orElseThrow();
    int scales = after.quantized().input(1).quantization().scales().length;
    assertEquals(conv.input(1).dim(0), scales);
  }

  private static List<Layer> mended(byte[] real, byte[] quantized, List<Mend> mends) {
    Pair pair = Pair.read("float", real, "int8", quantized);
    EditableModel model = EditableModel.read("mended", Mend.apply(pair, mends));
    return new LayerMatching(pair.real(), model).layers();
  }

  @Test
  void nothingStandsOutOfASoundModel() throws IOException {
    byte[] real = ShippedFiles.bytes("digits_separable.tflite");
    Diagnosis found = diagnosis(real, DigitModels.int8(real, measured(real, CALIBRATION)));
    assertFalse(found.severity() == Finding.Severity.SERIOUS, found.findings().toString());
    assertTrue(DebugText.verdict(found).startsWith("Nothing stands out"), DebugText.verdict(found));
    assertEquals(List.of(), found.remarks());
    assertEquals(15, found.layers().size(), "14 operators and the input");
  }

  @Test
  void ownErrorLeavesOutWhatTheInputsRoundingCauses() throws IOException {
    byte[] real = ShippedFiles.bytes("digits_separable.tflite");
    int tensor = output(real, BuiltinOperator.CONV_2D);
    byte[] spoiled =
        DigitModels.int8(real, DigitModels.spoiled(measured(real, CALIBRATION), tensor, 30));
    List<LayerError> layers = diagnosis(real, spoiled).layers();
    LayerError conv = layers.get(2);
    LayerError reader = layers.get(3);
    assertEquals("CONV_2D", conv.kind());
    assertTrue(conv.own().sqnr() < 20, conv.own().toString());
    assertTrue(reader.isolated().sqnr() < 25, reader.isolated().toString());
    assertTrue(reader.own().sqnr() > 35, reader.own().toString());
    assertTrue(reader.accumulated().sqnr() < 25, reader.accumulated().toString());
  }

  @Test
  void weightOnlyFilesHaveErrorsOfWeightsAlone() throws IOException {
    byte[] real = ShippedFiles.bytes("digits_separable.tflite");
    for (Mode mode : List.of(Mode.DYNAMIC, Mode.FLOAT16, Mode.WEIGHT_ONLY)) {
      byte[] quantized =
          Quantizer.of("digits", real).mode(mode).minWeightElements(1).quantize().bytes();
      Diagnosis found = diagnosis(real, quantized);
      LayerError first = found.ranked().get(0);
      assertNotNull(first.weights(), mode + " " + first);
      assertNull(first.range(), mode + " " + first);
      assertTrue(first.own().sqnr() < 80 && first.own().sqnr() > 20, mode + " " + first.own());
      assertTrue(found.given().sqnr() > 20, mode + " " + found.given());
    }
  }

  @Test
  void everyTypeOfInputsAndOutputsIsCompared() throws IOException {
    byte[] real = ShippedFiles.bytes("digits_separable.tflite");
    for (IoType io : IoType.values()) {
      byte[] quantized = DigitModels.int8(real, measured(real, CALIBRATION), io, true);
      Diagnosis found =
          Debugger.of("float", real, "int8", quantized).samples(VALIDATION).mends(0).diagnose();
      assertEquals(15, found.layers().size(), io.toString());
      assertEquals("INPUT", found.layers().get(0).kind());
      assertEquals(List.of(), found.findings());
      assertTrue(found.given().sqnr() > 20, io + " " + found.given());
    }
  }

  @Test
  void equalizedFilesAreComparedAfterEqualization() throws IOException {
    byte[] real = ShippedFiles.bytes("digits_separable.tflite");
    byte[] quantized =
        Quantizer.of("digits", real)
            .mode(Mode.INT8)
            .equalize(true)
            .calibration(CALIBRATION)
            .quantize()
            .bytes();
    Diagnosis found = diagnosis(real, quantized);
    assertTrue(found.remarks().get(0).contains("after equalization"), found.remarks().toString());
    for (LayerError layer : found.layers()) {
      assertTrue(layer.accumulated().sqnr() > 15, layer + " " + layer.accumulated());
    }
  }

  @Test
  void modelsTrainedForQuantizationAreCompared() throws IOException {
    EditableModel model =
        EditableModel.read("digits", ShippedFiles.bytes("digits_separable.tflite"));
    EditableGraph graph = model.graphs().get(0);
    EditableOperator add = graph.producer(graph.read(29));
    EditableOperator conv = graph.consumers(add.output(0)).get(0);
    for (EditableTensor tensor : List.of(add.output(0), conv.input(1))) {
      EditableTensor after =
          new EditableTensor(tensor.name() + "/fake", TensorType.FLOAT32, tensor.shape());
      graph.replaceUses(tensor, after);
      EditableOperator fake =
          new EditableOperator(BuiltinOperator.FAKE_QUANT, List.of(tensor), List.of(after));
      fake.options(
          fake.options().toBuilder().set("min", -8f).set("max", 8f).set("num_bits", 8).build());
      graph.operators().add(graph.operators().indexOf(add) + 1, fake);
    }
    byte[] real = model.toBytes();
    byte[] quantized =
        Quantizer.of("digits", real).mode(Mode.INT8).calibration(CALIBRATION).quantize().bytes();
    Diagnosis found =
        Debugger.of("float", real, "int8", quantized).samples(VALIDATION).mends(20).diagnose();
    assertEquals(List.of(), found.remarks());
    assertEquals(15, found.layers().size());
    for (LayerError layer : found.layers()) {
      assertNotNull(layer.own(), layer.toString());
    }
    for (Finding finding : found.findings()) {
      boolean real32 = !finding.layer().kind().equals("INPUT");
      boolean kept =
          finding.tried().stream()
              .anyMatch(trial -> trial.mends().get(0).kind() == Mend.Kind.FLOAT);
      assertEquals(real32, kept, finding.layer().toString());
    }
  }

  @Test
  void modelsThatAreNoPairAreRefused() throws IOException {
    byte[] real = ShippedFiles.bytes("digits_separable.tflite");
    byte[] int8 = DigitModels.int8(real, measured(real, CALIBRATION));
    String first =
        assertThrows(IllegalArgumentException.class, () -> Debugger.of("a.tflite", int8, "b", int8))
            .getMessage();
    assertTrue(first.startsWith("a.tflite") && first.contains("quantized already"), first);
    String second =
        assertThrows(IllegalArgumentException.class, () -> Debugger.of("a", real, "b.tflite", real))
            .getMessage();
    assertTrue(second.startsWith("b.tflite is not quantized"), second);
    byte[] other = ShippedFiles.bytes("digits_float.tflite");
    String unlike =
        assertThrows(IllegalArgumentException.class, () -> diagnosis(other, int8)).getMessage();
    assertTrue(unlike.startsWith("int8 was not made of float"), unlike);
  }

  @Test
  void unfitSamplesAreRefused() throws IOException {
    byte[] real = ShippedFiles.bytes("digits_separable.tflite");
    byte[] int8 = DigitModels.int8(real, measured(real, CALIBRATION));
    Debugger debugger = Debugger.of("float", real, "int8", int8);
    assertThrows(IllegalStateException.class, debugger::diagnose);
    Sample small = new Sample("small", List.of(NpyArray.of(new float[4], 2, 2)), -1, null);
    debugger.samples(DataSets.of("small ones", List.of(small)));
    String message = assertThrows(DataFormatException.class, debugger::diagnose).getMessage();
    assertTrue(message.contains("small"), message);
  }

  @Test
  void interruptionEndsIt() throws IOException {
    byte[] real = ShippedFiles.bytes("digits_separable.tflite");
    byte[] int8 = DigitModels.int8(real, measured(real, CALIBRATION));
    Debugger debugger = Debugger.of("float", real, "int8", int8).samples(VALIDATION);
    Thread.currentThread().interrupt();
    try {
      assertThrows(CancellationException.class, debugger::diagnose);
      assertTrue(Thread.currentThread().isInterrupted());
    } finally {
      Thread.interrupted();
    }
  }

  @Test
  void progressEndsAtItsTotal() throws IOException {
    byte[] real = ShippedFiles.bytes("digits_separable.tflite");
    byte[] int8 = DigitModels.int8(real, measured(real, CALIBRATION));
    List<Long> seen = new ArrayList<>();
    Debugger.of("float", real, "int8", int8)
        .samples(VALIDATION)
        .listener(
            (done, total) -> {
              synchronized (seen) {
                assertTrue(done <= total);
                seen.add(done);
              }
            })
        .diagnose();
    assertTrue(seen.size() > 80, seen.toString());
  }
}

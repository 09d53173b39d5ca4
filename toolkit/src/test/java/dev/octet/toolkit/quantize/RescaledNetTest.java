// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.quantize;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.octet.Interpreter;
import dev.octet.InterpreterOptions;
import dev.octet.Model;
import dev.octet.Numerics;
import dev.octet.TensorInfo;
import dev.octet.TensorType;
import dev.octet.toolkit.SharedFolder;
import dev.octet.toolkit.ShippedFiles;
import dev.octet.toolkit.calibrate.CalibrationStatistics;
import dev.octet.toolkit.calibrate.Calibrator;
import dev.octet.toolkit.data.DataOptions;
import dev.octet.toolkit.data.DataSet;
import dev.octet.toolkit.data.DataSets;
import dev.octet.toolkit.data.Sample;
import dev.octet.toolkit.data.Samples;
import dev.octet.toolkit.model.EditableModel;
import dev.octet.toolkit.quantize.integer.IntegerOptions;
import dev.octet.toolkit.quantize.integer.IntegerQuantization;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * A separable net whose channels were rescaled by 10^-2 to 10^2 through ReLU without a change of
 * its function, in int8 with one scale a tensor.
 */
class RescaledNetTest {
  @Test
  void equalizationAndBiasCorrectionBringDrawnDigitsBack() throws IOException {
    check(DataSets.digits(3, 200), DataSets.digits(4, 2000));
  }

  @Test
  void equalizationAndBiasCorrectionBringMnistBack() throws IOException {
    Path mnist = SharedFolder.file("data/mnist");
    List<TensorInfo> inputs;
    try (Model model = Model.load(separable().toBytes());
        Interpreter interpreter = model.interpreter()) {
      inputs = List.of(interpreter.input(0).info());
    }
    check(
        DataSets.open(mnist + ":train@0:200", inputs, DataOptions.DEFAULT),
        DataSets.open(mnist + ":t10k", inputs, DataOptions.DEFAULT));
  }

  @Test
  void afterACorrectionThereIsLittleToCorrect() throws IOException {
    EditableModel real = separable();
    DataSet digits = DataSets.digits(3, 40);
    CalibrationStatistics ranges = new Calibrator("digits", real.toBytes()).calibrate(null, digits);
    EditableModel integer = real.copy();
    IntegerQuantization.apply(
        integer,
        ranges,
        op -> new OperatorConfig(Compute.INT8, 8, false, 0),
        IntegerOptions.of(IoType.INT8));
    List<Sample> samples = new ArrayList<>();
    digits.forEach(samples::add);
    List<BiasCorrection.Result> first = BiasCorrection.apply(real, integer, samples);
    assertEquals(10, first.size(), "layers");
    double before =
        first.stream().mapToDouble(BiasCorrection.Result::greatestShift).max().orElse(0);
    double after =
        BiasCorrection.apply(real, integer, samples).stream()
            .mapToDouble(BiasCorrection.Result::greatestShift)
            .max()
            .orElse(0);
    assertTrue(before > 0.5 && after < 0.05, before + " steps, then " + after);
  }

  private static void check(DataSet calibration, DataSet validation) throws IOException {
    EditableModel model = separable();
    double real = accuracy(model.toBytes(), validation);
    EditableModel rescaled = model.copy();
    Rescaled.channels(rescaled, 1);
    assertEquals(real, accuracy(rescaled.toBytes(), validation), 0.1, "the same function");
    double collapsed = accuracy(quantized(rescaled, calibration, false, false), validation);
    assertTrue(collapsed < real / 2, "min/max alone: " + collapsed);
    double equalized = accuracy(quantized(rescaled, calibration, true, false), validation);
    assertTrue(equalized > real - 1, "equalized: " + equalized + ", float: " + real);
    double corrected = accuracy(quantized(rescaled, calibration, true, true), validation);
    assertTrue(corrected > real - 0.3, "and corrected: " + corrected + ", float: " + real);
  }

  private static byte[] quantized(
      EditableModel model, DataSet calibration, boolean equalize, boolean correct)
      throws IOException {
    EditableModel real = model.copy();
    if (equalize) {
      Equalization.apply(real);
      real = real.copy();
    }
    CalibrationStatistics ranges =
        new Calibrator("digits", real.toBytes()).calibrate(null, calibration);
    EditableModel integer = real.copy();
    IntegerQuantization.apply(
        integer,
        ranges,
        op -> new OperatorConfig(Compute.INT8, 8, false, 0),
        IntegerOptions.of(IoType.FLOAT));
    if (correct) {
      List<Sample> samples = new ArrayList<>();
      calibration.forEach(samples::add);
      BiasCorrection.apply(real, integer, samples);
    }
    return integer.toBytes();
  }

  private static double accuracy(byte[] bytes, DataSet data) throws IOException {
    int right = 0;
    int all = 0;
    try (Model model = Model.load(bytes);
        Interpreter interpreter =
            model.interpreter(new InterpreterOptions().numerics(Numerics.EXACT))) {
      for (Sample sample : data) {
        Samples.fill(interpreter, sample);
        interpreter.run();
        float[] scores =
            interpreter.output(0).type() == TensorType.FLOAT32
                ? interpreter.output(0).toFloats()
                : interpreter.output(0).dequantize();
        int best = 0;
        for (int i = 1; i < scores.length; i++) {
          best = scores[i] > scores[best] ? i : best;
        }
        right += best == sample.label() ? 1 : 0;
        all++;
      }
    }
    return 100.0 * right / all;
  }

  private static EditableModel separable() throws IOException {
    String name = "digits_separable.tflite";
    return EditableModel.read(name, ShippedFiles.bytes(name));
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.quantize.integer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.octet.Model;
import dev.octet.OctetException;
import dev.octet.TensorInfo;
import dev.octet.toolkit.SharedFolder;
import dev.octet.toolkit.calibrate.ActivationRanges;
import dev.octet.toolkit.calibrate.CalibrationStatistics;
import dev.octet.toolkit.calibrate.Calibrator;
import dev.octet.toolkit.data.DataOptions;
import dev.octet.toolkit.data.DataSet;
import dev.octet.toolkit.data.DataSets;
import dev.octet.toolkit.model.EditableModel;
import dev.octet.toolkit.quantize.Compute;
import dev.octet.toolkit.quantize.IoType;
import dev.octet.toolkit.quantize.ModelComparison;
import dev.octet.toolkit.quantize.OperatorConfig;
import dev.octet.toolkit.quantize.ProducedModels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What TensorFlow makes of fused LSTMs. */
final class RecurrentReferenceTest {
  private static final String FUSED = "reference/mnist_lstm_fused/";

  /**
   * The cell state integrates 5,600 steps of float rounding, for TensorFlow calibrates without
   * forgetting it between the 200 samples: TensorFlow Lite 2.20's own kernels measure an output
   * range 3e-4 from the one that TensorFlow 2.21 measured on the machine that made the file.
   */
  private static final double SAME_RANGE = 5e-4;

  /** Points of accuracy that TensorFlow's file and ours may be apart. */
  private static final double SAME_ACCURACY = 0.0005;

  private static EditableModel model(String file) throws IOException {
    return EditableModel.read(file, Files.readAllBytes(SharedFolder.file(file)));
  }

  private static CalibrationStatistics measured(EditableModel model, boolean reset)
      throws IOException {
    byte[] bytes = model.toBytes();
    List<TensorInfo> inputs;
    try (Model loaded = Model.load(bytes)) {
      inputs = loaded.inputs();
    }
    Path samples = SharedFolder.file(FUSED + "calibration.npz");
    DataSet data = DataSets.open(samples.toString(), inputs, DataOptions.DEFAULT);
    return new Calibrator("mnist_lstm_fused", bytes)
        .resetBetweenSamples(reset)
        .calibrate(null, data);
  }

  private static byte[] quantized(
      EditableModel model, ActivationRanges ranges, Compute compute, IntegerOptions options) {
    EditableModel copy = EditableModel.read(model.source(), model.toBytes());
    IntegerQuantization.apply(copy, ranges, op -> OperatorConfig.of(compute), options);
    return copy.toBytes();
  }

  @ParameterizedTest
  @CsvSource({
    "reference/mnist_lstm_fused/float.tflite, reference/mnist_lstm_fused/int8_float_io.tflite,"
        + " FLOAT",
    "reference/mnist_lstm_fused/float.tflite, reference/mnist_lstm_fused/int8_int8_io.tflite, INT8",
    "reference/mnist_lstm_fused/float.tflite, reference/mnist_lstm_fused/int8_uint8_io.tflite,"
        + " UINT8",
    "models/trained_lstm.tflite, models/trained_lstm_int8.tflite, INT8",
  })
  void ofTheSameRangesIsTheSameFile(String source, String file, IoType io) throws IOException {
    EditableModel model = model(source);
    FileRanges ranges = new FileRanges(model, model(file));
    boolean perChannel = source.startsWith("reference");
    IntegerOptions options = IntegerOptions.of(io).withPerChannelDense(perChannel);
    byte[] bytes = quantized(model, ranges, Compute.INT8, options);
    ModelComparison comparison = ModelComparison.of(SharedFolder.file(file), bytes);
    String all = comparison + " " + comparison.numbers();
    assertEquals(List.of(), comparison.structure(), all);
    assertEquals(0, comparison.weights().different(), all);
    assertEquals(0, comparison.biases().different(), all);
    assertEquals(0, comparison.zeroPoints().different(), all);
    assertTrue(comparison.scaleUlps() <= 1, all);
    assertTrue(bytes.length <= Files.size(SharedFolder.file(file)), bytes.length + " bytes");
  }

  @ParameterizedTest
  @CsvSource({"int8_float_io, FLOAT", "int8_int8_io, INT8", "int8_uint8_io, UINT8"})
  void ofTheSameSamplesIsNearlyTheSameFile(String file, IoType io) throws IOException {
    EditableModel model = model(FUSED + "float.tflite");
    byte[] bytes = quantized(model, measured(model, false), Compute.INT8, IntegerOptions.of(io));
    Path expected = SharedFolder.file(FUSED + file + ".tflite");
    ModelComparison comparison = ModelComparison.of(expected, bytes);
    String all = comparison + " " + comparison.numbers();
    assertEquals(List.of(), comparison.structure(), all);
    assertEquals(0, comparison.weights().different(), all);
    assertEquals(0, comparison.zeroPoints().different(), all);
    assertTrue(comparison.biases().different() <= 1, all);
    assertTrue(comparison.scaleUlps() <= SAME_RANGE * (1 << 24), all);
    assertEquals(0.9623, MnistAccuracy.of(bytes), SAME_ACCURACY);
    ProducedModels.assertSameAsPeer(bytes);
  }

  /** Each image is one sequence in use, and so it is in calibration by default. */
  @Test
  void forgettingBetweenSamplesIsNoLessAccurate() throws IOException {
    EditableModel model = model(FUSED + "float.tflite");
    byte[] bytes =
        quantized(model, measured(model, true), Compute.INT8, IntegerOptions.of(IoType.INT8));
    double accuracy = MnistAccuracy.of(bytes);
    System.out.println("mnist_lstm_fused int8, states forgotten: " + accuracy);
    assertTrue(accuracy >= 0.9623 - SAME_ACCURACY, accuracy + "");
  }

  @Test
  void with16BitsItStaysOnFloats() throws IOException {
    EditableModel model = model(FUSED + "float.tflite");
    CalibrationStatistics ranges = measured(model, true);
    byte[] bytes = quantized(model, ranges, Compute.INT16X8, IntegerOptions.of(IoType.FLOAT));
    assertEquals(0.9632, MnistAccuracy.of(bytes), SAME_ACCURACY);
    ProducedModels.assertSameAsPeer(bytes);
    OctetException refused =
        assertThrows(
            OctetException.class,
            () ->
                quantized(
                    model,
                    ranges,
                    Compute.INT16X8,
                    IntegerOptions.of(IoType.FLOAT).withStrict(true)));
    assertTrue(refused.getMessage().contains("UNIDIRECTIONAL_SEQUENCE_LSTM"), refused.getMessage());
  }
}

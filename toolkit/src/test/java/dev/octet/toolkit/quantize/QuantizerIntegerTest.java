// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.quantize;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import dev.octet.Model;
import dev.octet.OctetException;
import dev.octet.TensorType;
import dev.octet.tflite.BuiltinOperator;
import dev.octet.tflite.TfliteReader;
import dev.octet.toolkit.SharedFolder;
import dev.octet.toolkit.ShippedFiles;
import dev.octet.toolkit.calibrate.CalibrationMethod;
import dev.octet.toolkit.calibrate.CalibrationStatistics;
import dev.octet.toolkit.calibrate.Calibrator;
import dev.octet.toolkit.data.DataOptions;
import dev.octet.toolkit.data.DataSet;
import dev.octet.toolkit.data.DataSets;
import dev.octet.toolkit.model.EditableModel;
import dev.octet.toolkit.model.EditableOperator;
import dev.octet.toolkit.model.EditableTensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QuantizerIntegerTest {
  private static byte[] digits() throws IOException {
    return ShippedFiles.bytes("digits_float.tflite");
  }

  private static DataSet samples(byte[] model) throws IOException {
    try (Model loaded = Model.load(model)) {
      return DataSets.open("digits:1:40", loaded.inputs(), DataOptions.DEFAULT);
    }
  }

  @ParameterizedTest
  @CsvSource({"INT8, FLOAT", "INT8, INT8", "INT8, UINT8", "INT16X8, FLOAT", "INT16X8, INT16"})
  void everyModeAndEndRunsInBothEngines(Mode mode, IoType io) throws IOException {
    QuantizedModel made =
        Quantizer.of("digits", digits())
            .mode(mode)
            .io(io)
            .strict(true)
            .calibration(samples(digits()))
            .quantize();
    assertEquals(List.of(), made.kept());
    assertTrue(made.size() < digits().length / 2, made.toString());
    assertArrayEquals(
        made.bytes(),
        Quantizer.of("digits", digits())
            .mode(mode)
            .io(io)
            .strict(true)
            .calibration(samples(digits()))
            .quantize()
            .bytes());
    ProducedModels.assertSameAsPeer(made.bytes());
  }

  @Test
  void theFileTellsItsSamples() throws IOException {
    CalibrationStatistics seen =
        new Calibrator("digits", digits()).calibrate(null, samples(digits()));
    QuantizedModel made =
        Quantizer.of("digits", digits())
            .mode(Mode.INT8)
            .method(CalibrationMethod.percentile(99.5))
            .calibration(seen)
            .quantize();
    JsonObject calibration =
        QuantizationMetadata.of(TfliteReader.read("made", made.bytes()))
            .orElseThrow()
            .getAsJsonObject("calibration");
    assertEquals("percentile:99.5", calibration.get("method").getAsString());
    JsonObject data = calibration.getAsJsonArray("data").get(0).getAsJsonObject();
    assertEquals(40, data.get("samples").getAsInt());
    assertEquals(seen.sources().get(0).hash(), data.get("sha256").getAsString());
  }

  @Test
  void aRecipeMixesComputations() throws IOException {
    Recipe recipe =
        Recipe.parse(
            "r",
            """
            [{"operation": "CONV_2D", "compute": "INT16X8"},
             {"operation": "FULLY_CONNECTED", "compute": "WEIGHT_ONLY", "weight_bits": 4,
              "min_weight_elements": 0}]
            """);
    QuantizedModel made =
        Quantizer.of("digits", digits())
            .mode(Mode.INT8)
            .recipe(recipe)
            .calibration(samples(digits()))
            .quantize();
    EditableModel model = EditableModel.read("made", made.bytes());
    for (EditableOperator operator : model.graphs().get(0).operators()) {
      if (operator.is(BuiltinOperator.CONV_2D)) {
        assertEquals(TensorType.INT16, operator.output(0).type());
      }
      if (operator.is(BuiltinOperator.FULLY_CONNECTED)) {
        assertEquals(TensorType.FLOAT32, operator.input(1).type());
        assertEquals(
            TensorType.INT4, model.graphs().get(0).producer(operator.input(1)).input(0).type());
      }
    }
    assertTrue(
        made.operators().stream()
            .map(OperatorNote::compute)
            .toList()
            .containsAll(List.of(Compute.INT8, Compute.INT16X8, Compute.WEIGHT_ONLY)),
        made.operators().toString());
    ProducedModels.assertSameAsPeer(made.bytes());
  }

  @Test
  void equalizationComesBeforeCalibration() throws IOException {
    Quantizer quantizer = Quantizer.of("digits", digits()).mode(Mode.INT8).equalize(true);
    QuantizedModel made = quantizer.calibration(samples(digits())).quantize();
    CalibrationStatistics other =
        new Calibrator("digits", digits()).calibrate(null, samples(digits()));
    boolean same = java.util.Arrays.equals(digits(), quantizer.floatModel());
    if (!same) {
      String message =
          assertThrows(
                  IllegalArgumentException.class, () -> quantizer.calibration(other).quantize())
              .getMessage();
      assertTrue(message.contains("another model"), message);
    }
    CalibrationStatistics right =
        new Calibrator("digits", quantizer.floatModel()).calibrate(null, samples(digits()));
    assertArrayEquals(made.bytes(), quantizer.calibration(right).quantize().bytes());
  }

  @Test
  void biasCorrectionChangesBiasesOnly() throws IOException {
    Quantizer quantizer =
        Quantizer.of("digits", digits()).mode(Mode.INT8).calibration(samples(digits()));
    byte[] plain = quantizer.quantize().bytes();
    byte[] corrected = quantizer.correctBias(samples(digits())).quantize().bytes();
    ModelComparison comparison =
        ModelComparison.of(
            TfliteReader.read("plain", plain), TfliteReader.read("corrected", corrected));
    assertEquals(List.of(), comparison.structure());
    assertEquals(0, comparison.weights().different());
    assertTrue(comparison.biases().different() > 0, comparison.toString());
    ProducedModels.assertSameAsPeer(corrected);
    Quantizer dynamic =
        Quantizer.of("digits", digits()).mode(Mode.DYNAMIC).correctBias(samples(digits()));
    assertThrows(IllegalArgumentException.class, dynamic::quantize);
  }

  @Test
  void contradictionsAreRefused() throws IOException {
    Quantizer integer = Quantizer.of("digits", digits()).mode(Mode.INT8);
    assertTrue(
        assertThrows(OctetException.class, integer::quantize).getMessage().contains("calibrated"));
    Quantizer dynamic = Quantizer.of("digits", digits()).mode(Mode.DYNAMIC).io(IoType.INT8);
    assertTrue(
        assertThrows(IllegalArgumentException.class, dynamic::quantize)
            .getMessage()
            .contains("cannot be INT8"));
    dynamic.io(IoType.FLOAT).calibration(samples(digits()));
    assertEquals(List.of("calibration was given and not needed"), dynamic.quantize().remarks());
  }

  @ParameterizedTest
  @CsvSource({
    "mnist_articles, int8_float_io, INT8, FLOAT",
    "mnist_articles, int8_uint8_io, INT8, UINT8",
    "mnist_articles, int16x8, INT16X8, FLOAT",
    "mnist_softmax, int8_int8_io, INT8, INT8",
    "mnist_separable, int8_uint8_io, INT8, UINT8",
    "mnist_separable, int16x8, INT16X8, FLOAT"
  })
  void filesAreNoLargerThanTensorFlows(String name, String file, Mode mode, IoType io)
      throws IOException {
    Path folder = SharedFolder.file("reference/" + name);
    Path source = folder.resolve("float.tflite");
    DataSet data;
    try (Model model = Model.load(source)) {
      data =
          DataSets.open(
              folder.resolve("calibration.npz").toString(), model.inputs(), DataOptions.DEFAULT);
    }
    Path reference = folder.resolve(file + ".tflite");
    QuantizedModel made = Quantizer.of(source).mode(mode).io(io).calibration(data).quantize();
    assertTrue(made.size() <= Files.size(reference), made + ", not " + Files.size(reference));
    assertEquals(List.of(), ModelComparison.of(reference, made.bytes()).structure());
  }

  @Test
  void aRecipeOfInt16AloneHasRangesForInt16() throws IOException {
    CalibrationMethod method = CalibrationMethod.mse();
    Recipe recipe = Recipe.parse("wide", "[{\"compute\": \"INT16X8\"}]");
    byte[] byRecipe =
        Quantizer.of("digits", digits())
            .recipe(recipe)
            .method(method)
            .calibration(samples(digits()))
            .quantize()
            .bytes();
    byte[] byMode =
        Quantizer.of("digits", digits())
            .mode(Mode.INT16X8)
            .method(method)
            .calibration(samples(digits()))
            .quantize()
            .bytes();
    assertEquals(scales(byMode), scales(byRecipe));
  }

  private static List<List<Float>> scales(byte[] bytes) {
    return TfliteReader.read("made", bytes).subgraphs().get(0).tensors().stream()
        .filter(tensor -> tensor.type() == TensorType.INT16)
        .map(
            tensor -> {
              List<Float> list = new ArrayList<>();
              for (float scale : tensor.quantization().scales()) {
                list.add(scale);
              }
              return list;
            })
        .toList();
  }

  @Test
  void depthwiseConvolutionsKeepBiasesOf64Bits() throws IOException {
    byte[] model = ShippedFiles.bytes("digits_separable.tflite");
    QuantizedModel made =
        Quantizer.of("separable", model)
            .mode(Mode.INT16X8)
            .biasBits(32)
            .strict(true)
            .calibration(samples(model))
            .quantize();
    ProducedModels.assertSameAsPeer(made.bytes());
  }

  @Test
  void operatorsOfOneNameAreToldApart() throws IOException {
    EditableModel model = EditableModel.read("twice", digits());
    EditableOperator last =
        model.graphs().get(0).operators().stream()
            .filter(op -> op.is(BuiltinOperator.FULLY_CONNECTED))
            .findFirst()
            .orElseThrow();
    EditableTensor gone = new EditableTensor(last.output(0).name(), TensorType.FLOAT32);
    gone.shape(last.output(0).shape(), last.output(0).shapeSignature());
    EditableOperator second = last.copy(tensor -> tensor == last.output(0) ? gone : tensor);
    // weights that no integer stands for
    EditableTensor weights = second.input(1).copy("weights");
    float[] values = weights.floats();
    values[0] = Float.NaN;
    second.inputs().set(1, weights.floats(values));
    model.graphs().get(0).operators().add(second);
    model.graphs().get(0).outputs().add(gone);
    QuantizedModel made =
        Quantizer.of("twice", model.toBytes())
            .mode(Mode.INT8)
            .calibration(samples(digits()))
            .quantize();
    assertEquals(List.of("FULLY_CONNECTED"), made.kept().stream().map(OperatorNote::name).toList());
    assertTrue(made.kept().get(0).words().contains("NaN"), made.kept().toString());
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.quantize.integer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.octet.Model;
import dev.octet.TensorInfo;
import dev.octet.toolkit.calibrate.CalibrationStatistics;
import dev.octet.toolkit.calibrate.Calibrator;
import dev.octet.toolkit.data.DataOptions;
import dev.octet.toolkit.data.DataSet;
import dev.octet.toolkit.data.DataSets;
import dev.octet.toolkit.data.NpyArray;
import dev.octet.toolkit.data.Sample;
import dev.octet.toolkit.model.EditableModel;
import dev.octet.toolkit.quantize.Compute;
import dev.octet.toolkit.quantize.IoType;
import dev.octet.toolkit.quantize.ModelComparison;
import dev.octet.toolkit.quantize.OperatorConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What TensorFlow 2.21 makes of the same float models with the same samples. */
class ReferenceFilesTest {
  private static final Map<String, CalibrationStatistics> MEASURED = new HashMap<>();

  @ParameterizedTest
  @CsvSource({
    "mnist_articles, int8_float_io, INT8, FLOAT",
    "mnist_articles, int8_int8_io, INT8, INT8",
    "mnist_articles, int8_uint8_io, INT8, UINT8",
    "mnist_articles, int16x8, INT16X8, FLOAT",
    "mnist_softmax, int8_float_io, INT8, FLOAT",
    "mnist_softmax, int8_int8_io, INT8, INT8",
    "mnist_softmax, int8_uint8_io, INT8, UINT8",
    "mnist_softmax, int16x8, INT16X8, FLOAT",
    "mnist_separable, int8_float_io, INT8, FLOAT",
    "mnist_separable, int8_int8_io, INT8, INT8",
    "mnist_separable, int8_uint8_io, INT8, UINT8",
    "mnist_separable, int16x8, INT16X8, FLOAT",
    "mobilenet_v2_float, int8_int8_io, INT8, INT8",
  })
  void isTheSameFile(String name, String file, Compute compute, IoType io) throws IOException {
    Path expected = SharedFolder.file("reference/" + name + "/" + file + ".tflite");
    Path source = SharedFolder.file("reference/" + name + "/float.tflite");
    EditableModel model = EditableModel.read(name, Files.readAllBytes(source));
    IntegerQuantization.apply(
        model, measured(name, source), op -> OperatorConfig.of(compute), IntegerOptions.of(io));
    ModelComparison comparison = ModelComparison.of(expected, model.toBytes());
    System.out.println(name + " " + file + ": " + comparison);
    comparison.numbers().stream().limit(20).forEach(line -> System.out.println("  " + line));
    assertEquals(List.of(), comparison.structure());
    assertEquals(0, comparison.weights().different(), comparison.toString());
    assertEquals(0, comparison.zeroPoints().different(), comparison.toString());
    assertTrue(comparison.scaleUlps() <= 1, comparison.toString());
  }

  private static CalibrationStatistics measured(String name, Path source) throws IOException {
    if (!MEASURED.containsKey(name)) {
      byte[] bytes = Files.readAllBytes(source);
      List<TensorInfo> inputs;
      try (Model model = Model.load(bytes)) {
        inputs = model.inputs();
      }
      DataSet data =
          name.startsWith("mnist")
              ? DataSets.open(
                  SharedFolder.file("reference/" + name + "/calibration.npz").toString(),
                  inputs,
                  DataOptions.DEFAULT)
              : drawn(inputs.get(0).shape(), 20);
      MEASURED.put(name, new Calibrator(name, bytes).calibrate(null, data));
    }
    return MEASURED.get(name);
  }

  private static DataSet drawn(int[] shape, int count) {
    NumpyRandom random = new NumpyRandom(1);
    List<Sample> samples = new ArrayList<>();
    int elements = java.util.Arrays.stream(shape).reduce(1, (a, b) -> a * b);
    for (int i = 0; i < count; i++) {
      samples.add(new Sample("sample " + i, List.of(NpyArray.of(random.floats(elements, -1, 1), shape)), -1, null));
    }
    return DataSets.of("uniform", samples);
  }
}

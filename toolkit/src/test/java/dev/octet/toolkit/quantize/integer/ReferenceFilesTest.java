// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.quantize.integer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.octet.Model;
import dev.octet.TensorInfo;
import dev.octet.toolkit.NumpyRandom;
import dev.octet.toolkit.SharedFolder;
import dev.octet.toolkit.calibrate.ActivationRanges;
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
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What TensorFlow 2.21 makes of the same float models with the same samples. */
class ReferenceFilesTest {
  private static final Map<String, CalibrationStatistics> MEASURED = new HashMap<>();

  /**
   * With the samples that TensorFlow had. Scales differ by what the order of float sums does to
   * extremes; where a float convolution's result is an operand of ADD, TensorFlow's calibration
   * sees the sum there too, which ADD wrote into the same memory.
   */
  @ParameterizedTest
  @MethodSource("files")
  void sameSamplesGiveTheSameFile(String name, String file, Compute compute, IoType io)
      throws IOException {
    Path source = SharedFolder.file("reference/" + name + "/float.tflite");
    ActivationRanges measured = measured(name, source);
    ModelComparison comparison =
        compared(name, file, compute, io, new OverwrittenOperands(read(source), measured));
    assertEquals(List.of(), comparison.structure());
    assertEquals(0, comparison.weights().different(), comparison.toString());
    assertEquals(0, comparison.zeroPoints().different(), comparison.toString());
    assertEquals(0, comparison.biases().wrong(), comparison.toString());
    assertTrue(comparison.biases().offByOne() <= comparison.biases().total() / 50);
    // 300 units of 2^-24 are 2e-5 of the scale, after 52 layers of sums
    assertTrue(comparison.scaleUlps() <= 300, comparison.toString());
  }

  /** With the activations' scales of TensorFlow's file, every other number is the same. */
  @ParameterizedTest
  @MethodSource("files")
  void sameScalesGiveEveryNumber(String name, String file, Compute compute, IoType io)
      throws IOException {
    Path expected = SharedFolder.file("reference/" + name + "/" + file + ".tflite");
    Path source = SharedFolder.file("reference/" + name + "/float.tflite");
    ActivationRanges ranges = new FileRanges(read(source), read(expected));
    ModelComparison comparison = compared(name, file, compute, io, ranges);
    assertEquals(List.of(), comparison.structure());
    assertEquals(List.of(), comparison.numbers());
  }

  static Stream<Arguments> files() {
    List<Arguments> files = new ArrayList<>();
    for (String name : List.of("mnist_articles", "mnist_softmax", "mnist_separable")) {
      files.add(Arguments.of(name, "int8_float_io", Compute.INT8, IoType.FLOAT));
      files.add(Arguments.of(name, "int8_int8_io", Compute.INT8, IoType.INT8));
      files.add(Arguments.of(name, "int8_uint8_io", Compute.INT8, IoType.UINT8));
      files.add(Arguments.of(name, "int16x8", Compute.INT16X8, IoType.FLOAT));
    }
    files.add(Arguments.of("mobilenet_v2_float", "int8_int8_io", Compute.INT8, IoType.INT8));
    return files.stream();
  }

  private static ModelComparison compared(
      String name, String file, Compute compute, IoType io, ActivationRanges ranges)
      throws IOException {
    Path expected = SharedFolder.file("reference/" + name + "/" + file + ".tflite");
    EditableModel model = read(SharedFolder.file("reference/" + name + "/float.tflite"));
    IntegerQuantization.apply(
        model, ranges, op -> OperatorConfig.of(compute), IntegerOptions.of(io).withStrict(true));
    return ModelComparison.of(expected, model.toBytes());
  }

  private static EditableModel read(Path path) throws IOException {
    return EditableModel.read(path.toString(), Files.readAllBytes(path));
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
      samples.add(
          new Sample(
              "sample " + i,
              List.of(NpyArray.of(random.uniform(-1, 1, elements), shape)),
              -1,
              null));
    }
    return DataSets.of("uniform", samples);
  }
}

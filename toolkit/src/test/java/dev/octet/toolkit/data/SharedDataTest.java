// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.octet.Interpreter;
import dev.octet.InterpreterOptions;
import dev.octet.Model;
import dev.octet.Numerics;
import dev.octet.Tensor;
import dev.octet.TensorType;
import dev.octet.toolkit.SharedFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** MNIST and the calibration samples that TensorFlow's converter was given. */
class SharedDataTest {
  private static DataSet mnist(Model model, String part) throws IOException {
    return DataSets.open(
        SharedFolder.file("data/mnist") + ":" + part,
        model.signatures().get(0),
        DataOptions.DEFAULT);
  }

  private static int best(Tensor output) {
    float[] scores = output.type() == TensorType.FLOAT32 ? output.toFloats() : output.dequantize();
    int best = 0;
    for (int i = 1; i < scores.length; i++) {
      best = scores[i] > scores[best] ? i : best;
    }
    return best;
  }

  /** The accuracies are those that TensorFlow Lite's built-in kernels reached on the same data. */
  @ParameterizedTest
  @CsvSource({
    "mnist_articles/float, 0.9743",
    "mnist_articles/int8_int8_io, 0.974",
    "mnist_articles/int8_uint8_io, 0.974",
    "mnist_articles/int16x8, 0.9744",
    "mnist_softmax/int8_int8_io, 0.9785"
  })
  void modelsReachTheAccuracyThatTensorFlowMeasured(String file, double accuracy)
      throws IOException {
    try (Model model = Model.load(SharedFolder.file("reference/" + file + ".tflite"));
        Interpreter interpreter =
            model.interpreter(new InterpreterOptions().numerics(Numerics.EXACT))) {
      DataSet test = mnist(model, "t10k");
      assertEquals(10_000, DataSets.checkLabels(test, 10));
      int right = 0;
      for (Sample sample : test) {
        Samples.fill(interpreter, sample);
        interpreter.run();
        right += best(interpreter.output(0)) == sample.label() ? 1 : 0;
      }
      assertEquals(accuracy, right / 10_000.0);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "mnist_articles",
        "mnist_softmax",
        "mnist_separable",
        "mnist_lstm",
        "mnist_lstm_fused"
      })
  void calibrationFilesHoldTheFirstTrainingImages(String name) throws IOException {
    Path folder = SharedFolder.file("reference/" + name);
    try (Model model = Model.load(folder.resolve("float.tflite"))) {
      DataSet given =
          DataSets.open(
              folder.resolve("calibration.npz").toString(),
              model.signatures().get(0),
              DataOptions.DEFAULT);
      DataSet train =
          DataSets.open(
              SharedFolder.file("data/mnist") + ":train@:" + given.size(),
              model.signatures().get(0),
              DataOptions.DEFAULT);
      assertTrue(given.size() >= 100);
      assertEquals(DataSetHash.of(train).hex(), DataSetHash.of(given).hex());
      assertEquals(given.size(), Overlap.of(given, mnist(model, "train")).count());
      assertEquals(0, Overlap.of(given, mnist(model, "t10k")).count());
    }
  }

  @Test
  void aFolderOfPhotographsFeedsAPictureModel() throws IOException {
    Path images = SharedFolder.file("data/images");
    DataSet set =
        DataSets.open(
            images.toString(),
            List.of(DataFiles.floats("image", -1, 224, 224, 3)),
            DataOptions.DEFAULT);
    assertTrue(set.size() >= 6);
    for (Sample sample : set) {
      for (float x : sample.inputs().get(0).toFloats()) {
        assertTrue(x >= -1 && x <= 1, sample.name());
      }
    }
  }
}

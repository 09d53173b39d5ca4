// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.debug;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.octet.Model;
import dev.octet.TensorInfo;
import dev.octet.toolkit.SharedFolder;
import dev.octet.toolkit.ShippedFiles;
import dev.octet.toolkit.calibrate.ActivationRanges;
import dev.octet.toolkit.calibrate.CalibrationStatistics;
import dev.octet.toolkit.calibrate.Calibrator;
import dev.octet.toolkit.data.DataOptions;
import dev.octet.toolkit.data.DataSet;
import dev.octet.toolkit.data.DataSets;
import dev.octet.toolkit.data.NpyArray;
import dev.octet.toolkit.data.Sample;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * One layer's range is spoiled before the model is quantized, made 4 to 30 times too narrow or 8 to
 * 60 times too wide: that layer is to be ranked first, 19 times of 20. The range is that of a layer
 * that has one of its own, the model's input among them.
 */
class PlantedFaultTest {
  private static final int TRIALS = 20;

  @Test
  void separableDigits() throws IOException {
    check(
        "digits_separable",
        ShippedFiles.bytes("digits_separable.tflite"),
        DataSets.digits(3, 60),
        DataSets.digits(4, 20));
  }

  @Test
  void shippedDigits() throws IOException {
    check(
        "digits_float",
        ShippedFiles.bytes("digits_float.tflite"),
        DataSets.digits(3, 60),
        DataSets.digits(4, 20));
  }

  @Test
  void separableMnist() throws IOException {
    byte[] bytes = Files.readAllBytes(SharedFolder.file("reference/mnist_separable/float.tflite"));
    try (Model model = Model.load(bytes)) {
      List<TensorInfo> inputs = model.inputs();
      String mnist = SharedFolder.file("data/mnist").toString();
      check(
          "mnist_separable",
          bytes,
          DataSets.open(mnist + ":train@0:60", inputs, DataOptions.DEFAULT),
          DataSets.open(mnist + ":t10k@0:20", inputs, DataOptions.DEFAULT));
    }
  }

  @Test
  void publishedResnet() throws IOException {
    byte[] bytes = Files.readAllBytes(SharedFolder.file("models/pretrainedResnet.tflite"));
    check("pretrainedResnet", bytes, pictures(5, 30), pictures(6, 10));
  }

  /** Coloured waves with noise, 32 x 32 pixels of 0 to 255. */
  private static DataSet pictures(int seed, int count) {
    Random random = new Random(seed);
    List<Sample> samples = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      float[] pixels = new float[32 * 32 * 3];
      for (int c = 0; c < 3; c++) {
        double fx = random.nextDouble() * 0.6;
        double fy = random.nextDouble() * 0.6;
        double phase = random.nextDouble() * 6;
        double middle = 60 + random.nextDouble() * 130;
        for (int y = 0; y < 32; y++) {
          for (int x = 0; x < 32; x++) {
            double v = middle + 70 * Math.sin(fx * x + fy * y + phase) + 20 * random.nextGaussian();
            pixels[(y * 32 + x) * 3 + c] = (float) Math.rint(Math.max(0, Math.min(255, v)));
          }
        }
      }
      samples.add(new Sample("picture " + i, List.of(NpyArray.of(pixels, 1, 32, 32, 3)), -1, null));
    }
    return DataSets.of("pictures", samples);
  }

  private static void check(String name, byte[] file, DataSet calibration, DataSet validation)
      throws IOException {
    CalibrationStatistics measured = new Calibrator(name, file).calibrate(null, calibration);
    CalibrationStatistics seen = new Calibrator(name, file).calibrate(null, validation);
    List<LayerError> sound = ranked(name, file, DigitModels.int8(file, measured), seen, validation);
    List<LayerError> owners = sound.stream().filter(LayerError::ownsRange).toList();
    Random random = new Random(name.hashCode());
    List<String> missed = new ArrayList<>();
    for (int trial = 0; trial < TRIALS; trial++) {
      LayerError spoiled = owners.get(random.nextInt(owners.size()));
      double factor = random.nextBoolean() ? 1 / between(random, 4, 30) : between(random, 8, 60);
      ActivationRanges ranges =
          DigitModels.spoiled(measured, spoiled.statistics().key().tensor(), factor);
      byte[] quantized = DigitModels.int8(file, ranges);
      LayerError first = ranked(name, file, quantized, seen, validation).get(0);
      if (!first.name().equals(spoiled.name())) {
        missed.add(spoiled + " times " + factor + ", first " + first);
      }
    }
    assertTrue(missed.size() <= 1, missed.size() + " of " + TRIALS + " missed: " + missed);
  }

  /** Every octave as likely. */
  private static double between(Random random, double low, double high) {
    return low * Math.pow(high / low, random.nextDouble());
  }

  private static List<LayerError> ranked(
      String name, byte[] file, byte[] quantized, CalibrationStatistics seen, DataSet data)
      throws IOException {
    Pair pair = Pair.read(name, file, name + "_int8", quantized);
    LayerMatching matching = new LayerMatching(pair.real(), pair.quantized());
    return LayerErrors.ranked(new LayerErrors(pair, matching, seen).measure(data, n -> {}));
  }
}

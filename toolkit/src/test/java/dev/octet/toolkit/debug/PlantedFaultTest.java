// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.debug;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.octet.Model;
import dev.octet.TensorInfo;
import dev.octet.toolkit.calibrate.ActivationRanges;
import dev.octet.toolkit.calibrate.CalibrationStatistics;
import dev.octet.toolkit.calibrate.Calibrator;
import dev.octet.toolkit.calibrate.Range;
import dev.octet.toolkit.data.DataOptions;
import dev.octet.toolkit.data.DataSet;
import dev.octet.toolkit.data.DataSets;
import dev.octet.toolkit.data.NpyArray;
import dev.octet.toolkit.data.Sample;
import dev.octet.toolkit.demo.DrawnDigits;
import dev.octet.toolkit.model.EditableModel;
import dev.octet.toolkit.quantize.Compute;
import dev.octet.toolkit.quantize.IoType;
import dev.octet.toolkit.quantize.OperatorConfig;
import dev.octet.toolkit.quantize.integer.IntegerOptions;
import dev.octet.toolkit.quantize.integer.IntegerQuantization;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** One layer's range is spoiled before the model is quantized: which layer comes first? */
class PlantedFaultTest {
  private static final int TRIALS = 20;

  @Test
  void separableDigits() throws IOException {
    try (InputStream in =
        PlantedFaultTest.class.getResourceAsStream(
            "/dev/octet/toolkit/quantize/digits_separable.tflite")) {
      check("digits_separable", in.readAllBytes(), new DrawnDigits(3, 60), new DrawnDigits(4, 30));
    }
  }

  @Test
  void shippedDigits() throws IOException {
    try (InputStream in =
        PlantedFaultTest.class.getResourceAsStream(
            "/dev/octet/toolkit/demo/digits_float.tflite")) {
      check("digits_float", in.readAllBytes(), new DrawnDigits(3, 60), new DrawnDigits(4, 30));
    }
  }

  @Test
  void separableMnist() throws IOException {
    Path file = shared("reference/mnist_separable/float.tflite");
    byte[] bytes = Files.readAllBytes(file);
    try (Model model = Model.load(bytes)) {
      List<TensorInfo> inputs = model.inputs();
      String mnist = shared("data/mnist").toString();
      check(
          "mnist_separable",
          bytes,
          DataSets.open(mnist + ":train@0:60", inputs, DataOptions.DEFAULT),
          DataSets.open(mnist + ":t10k@0:30", inputs, DataOptions.DEFAULT));
    }
  }

  @Test
  void publishedResnet() throws IOException {
    byte[] bytes = Files.readAllBytes(shared("models/pretrainedResnet.tflite"));
    check("pretrainedResnet", bytes, pictures(5, 30), pictures(6, 20));
  }

  /** Smooth coloured pictures of 32 x 32 pixels, 0 to 255. */
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

  private static void check(
      String name, byte[] file, DataSet calibration, DataSet validation) throws IOException {
    CalibrationStatistics measured = new Calibrator(name, file).calibrate(null, calibration);
    CalibrationStatistics seen = new Calibrator(name, file).calibrate(null, validation);
    byte[] sound = quantized(name, file, measured);
    List<LayerError> before = ranked(name, file, sound, seen, validation);
    List<LayerError> owners = before.stream().filter(LayerError::ownsRange).toList();
    Random random = new Random(20);
    int first = 0;
    List<String> missed = new ArrayList<>();
    for (LayerError e : before) {
      System.out.printf("   %-30s %-18s %6.1f own %s avoid %s%n", e.name(), e.kind(), e.harm(), e.own() == null ? null : e.own().sqnr(), e.range() == null ? "-" : e.range().avoidable());
    }
    for (int trial = 0; trial < TRIALS; trial++) {
      LayerError spoiled = owners.get(random.nextInt(owners.size()));
      boolean narrow = random.nextBoolean();
      double factor =
          narrow
              ? 1 / Math.exp(Math.log(4) + random.nextDouble() * Math.log(30.0 / 4))
              : Math.exp(Math.log(8) + random.nextDouble() * Math.log(60.0 / 8));
      int tensor = spoiled.statistics().key().tensor();
      ActivationRanges ranges =
          (g, t) -> {
            Range range = measured.range(g, t);
            return g != 0 || t != tensor || range == null
                ? range
                : new Range((float) (range.min() * factor), (float) (range.max() * factor));
          };
      List<LayerError> ranked =
          ranked(name, file, quantized(name, file, ranges), seen, validation);
      boolean found = ranked.get(0).name().equals(spoiled.name());
      System.out.printf("%s %s x %.3f: first %s %.1f, second %s %.1f%n", found, spoiled.name(), factor, ranked.get(0).name(), ranked.get(0).harm(), ranked.get(1).name(), ranked.get(1).harm());
      first += found ? 1 : 0;
      if (!found) {
        missed.add(spoiled.name() + " times " + factor + ", first " + ranked.get(0));
      }
    }
    assertTrue(first >= 19, first + " of " + TRIALS + ", missed " + missed);
  }

  private static byte[] quantized(String name, byte[] file, ActivationRanges ranges) {
    EditableModel model = EditableModel.read(name, file);
    IntegerQuantization.apply(
        model, ranges, op -> OperatorConfig.of(Compute.INT8), IntegerOptions.of(IoType.INT8));
    return model.toBytes();
  }

  private static List<LayerError> ranked(
      String name, byte[] file, byte[] quantized, CalibrationStatistics seen, DataSet data)
      throws IOException {
    Pair pair = Pair.read(name, file, name + "_int8", quantized);
    LayerMatching matching = new LayerMatching(pair.real(), pair.quantized());
    return LayerErrors.ranked(new LayerErrors(pair, matching, seen).measure(data, n -> {}));
  }

  private static Path shared(String name) {
    String environment = System.getenv().getOrDefault("OCTET_SHARED", "../../shared");
    Path path = Path.of(System.getProperty("OCTET_SHARED", environment)).resolve(name);
    assumeTrue(Files.exists(path), "no " + name + " in the shared folder");
    return path;
  }
}

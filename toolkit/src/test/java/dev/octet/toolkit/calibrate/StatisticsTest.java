// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.calibrate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.octet.toolkit.NumpyRandom;
import dev.octet.toolkit.data.DataFormatException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StatisticsTest {
  @Test
  void extremesSkipWhatIsNotFinite() {
    float infinite = Float.POSITIVE_INFINITY;
    TensorStatistics tensor =
        Observed.of(
            new float[] {1, Float.NaN, 2}, new float[] {-infinite, -0f, 0}, new float[] {infinite});
    assertEquals(0, tensor.min());
    assertEquals(2, tensor.max());
    assertEquals(4, tensor.count());
    assertEquals(1, tensor.nans());
    assertEquals(2, tensor.infinities());
    assertEquals(List.of("s0", "s1", "s2"), tensor.nonFiniteSamples());
    assertArrayEquals(new float[] {1, 0, Float.NaN}, tensor.sampleMin());
    CalibrationStatistics statistics = Observed.statistics(tensor);
    assertEquals(new Range(0, 2), statistics.range(0, 3));
    assertEquals(List.of(tensor), statistics.nonFinite());
    TensorStatistics nothing = Observed.of(new float[] {Float.NaN});
    assertEquals(null, Observed.statistics(nothing).range(0, 3));
  }

  @Test
  void histogramsCountEveryNumberInItsBin() {
    Random random = new Random(1);
    Histogram histogram = new Histogram();
    Histogram other = new Histogram();
    int n = 50000;
    float[] values = new float[n];
    for (int i = 0; i < n; i++) {
      int bits = random.nextInt();
      float x = Float.intBitsToFloat(bits);
      values[i] = Float.isFinite(x) ? x : 0;
    }
    int[] bits = new int[n];
    Observed.bits(values).get(bits);
    histogram.add(bits, n / 2);
    System.arraycopy(bits, n / 2, bits, 0, n / 2);
    other.add(bits, n / 2);
    histogram.add(other);
    for (float x : values) {
      int bin = Histogram.number(x);
      assertTrue(histogram.count(bin) > 0);
      assertTrue(Math.abs(Histogram.near(bin)) <= Math.abs(x), "" + x);
      assertTrue(Math.abs(x) < Math.abs(Histogram.far(bin)), "" + x);
    }
    Distribution distribution = histogram.distribution();
    assertEquals(n, distribution.total());
    for (int i = 1; i < distribution.size(); i++) {
      assertTrue(distribution.high()[i - 1] <= distribution.low()[i]);
      assertTrue(distribution.low()[i] <= distribution.high()[i]);
    }
  }

  @Test
  void convergenceTellsWhenTheRangesWereSeen() {
    float[][] early = new float[100][];
    float[][] late = new float[100][];
    for (int i = 0; i < 100; i++) {
      early[i] = new float[] {i == 7 ? -10 : -1, 10};
      late[i] = new float[] {0, i == 90 ? 10 : 5};
    }
    Convergence converged = Observed.statistics(Observed.of(early)).convergence();
    assertEquals(8, converged.samplesFor(0.99));
    assertEquals(0.55f, converged.curve()[0]);
    assertTrue(converged.enough());
    Convergence growing = Observed.statistics(Observed.of(late)).convergence();
    assertEquals(91, growing.samplesFor(0.99));
    assertFalse(growing.enough());
    assertEquals(0.5f, growing.growing().get(0).share());
    assertEquals(
        "99 % of the ranges was seen after 91 of 100 samples; in the last 25, 1 tensors grew by"
            + " more than 1 %",
        growing.toString());
  }

  /** As the second of two signatures does, whose samples come last. */
  @Test
  void samplesThatDoNotComputeATensorSayNothingOfItsConvergence() {
    float[][] second = new float[100][];
    for (int i = 0; i < 100; i++) {
      second[i] = i < 80 ? new float[0] : new float[] {i < 85 ? 0 : -1, 1};
    }
    Convergence convergence = Observed.statistics(Observed.of(second)).convergence();
    assertTrue(convergence.enough(), convergence.toString());
    assertEquals(0.5f, convergence.curve()[24]);
    assertEquals(1f, convergence.curve()[25]);
  }

  @Test
  void samplesThatSetARangeAreNamed() {
    float[][] samples = new float[200][];
    Random random = new Random(3);
    for (int i = 0; i < samples.length; i++) {
      samples[i] = new float[] {random.nextFloat(), -random.nextFloat()};
    }
    assertEquals(List.of(), Observed.statistics(Observed.of(samples)).outliers());
    samples[12][0] = 40;
    samples[150][0] = 50;
    List<Outlier> outliers = Observed.statistics(Observed.of(samples)).outliers();
    assertEquals(1, outliers.size());
    assertEquals(List.of("s150", "s12"), outliers.get(0).samples());
    assertTrue(outliers.get(0).without().max() < 1);
    String words = outliers.get(0).toString();
    assertTrue(words.contains("set by 2 of 200 samples (s150, s12)"), words);
  }

  @Test
  void whatIsSavedIsReadBack(@TempDir Path folder) throws IOException {
    byte[] model = CalibratorTest.digits();
    CalibrationStatistics saved =
        new Calibrator("digits", model)
            .calibrate(null, ListedSamples.random(1, 12, CalibratorTest.inputShape()));
    Path file = folder.resolve("statistics.json");
    saved.save(file);
    CalibrationStatistics read = CalibrationStatistics.load(file, "digits", model);
    assertEquals(saved.sources(), read.sources());
    assertEquals(saved.samples(), read.samples());
    assertEquals(saved.tensors().size(), read.tensors().size());
    for (TensorStatistics tensor : saved.tensors()) {
      int graph = tensor.key().graph();
      int index = tensor.key().tensor();
      assertEquals(tensor.toString(), read.tensor(graph, index).toString());
      for (String name : List.of("min-max", "moving-average", "percentile:99", "mse", "entropy")) {
        CalibrationMethod method = CalibrationMethod.named(name);
        assertEquals(
            saved.using(method, 8).range(graph, index), read.using(method, 8).range(graph, index));
      }
    }
    assertArrayEquals(saved.convergence().curve(), read.convergence().curve());

    byte[] other = model.clone();
    other[other.length - 1] ^= 1;
    String message =
        assertThrows(
                DataFormatException.class,
                () -> CalibrationStatistics.load(file, "other.tflite", other))
            .getMessage();
    assertTrue(message.contains("for another model than other.tflite"), message);
  }

  @Test
  void damagedFilesAreRefused(@TempDir Path folder) throws IOException {
    byte[] model = CalibratorTest.digits();
    Path file = folder.resolve("statistics.json");
    new Calibrator("digits", model)
        .calibrate(null, ListedSamples.random(2, 3, CalibratorTest.inputShape()))
        .save(file);
    String good = Files.readString(file);
    Random random = new Random(4);
    int refused = 0;
    for (int i = 0; i < 300; i++) {
      StringBuilder text = new StringBuilder(good);
      if (i % 3 == 0) {
        text.setLength(random.nextInt(good.length()));
      } else {
        text.setCharAt(random.nextInt(good.length()), (char) (32 + random.nextInt(95)));
      }
      Files.writeString(file, text);
      try {
        CalibrationStatistics.load(file, "digits", model);
      } catch (DataFormatException e) {
        refused++; // anything else fails the test
      }
    }
    assertTrue(refused > 150, refused + " refused");
    for (String text : List.of("", "[]", "{}", "{\"format\":\"x\",\"version\":1}")) {
      Files.writeString(file, text);
      assertThrows(
          DataFormatException.class, () -> CalibrationStatistics.load(file, "digits", model));
    }
  }

  @Test
  void numpysRandomNumbers() {
    NumpyRandom random = new NumpyRandom(1);
    assertEquals(0.417022004702574, random.uniform(0, 1));
    assertEquals(0.7203244934421581, random.uniform(0, 1));
  }

  @Test
  void nothingButZerosHasNoOutliers() {
    TensorStatistics zeros = Observed.of(new float[20][3]);
    assertEquals(List.of(), Observed.statistics(zeros).outliers());
  }
}

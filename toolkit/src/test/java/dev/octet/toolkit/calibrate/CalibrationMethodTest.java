// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.calibrate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Each method against a calculation in float64 on the numbers themselves. */
class CalibrationMethodTest {
  private static final List<CalibrationMethod> ALL =
      List.of(
          CalibrationMethod.minMax(),
          CalibrationMethod.movingAverage(),
          CalibrationMethod.percentile(),
          CalibrationMethod.mse(),
          CalibrationMethod.entropy());

  /** Normally distributed, of which every n-th is multiplied. */
  private static float[] normal(long seed, int n, int every, float factor, boolean relu) {
    Random random = new Random(seed);
    float[] values = new float[n];
    for (int i = 0; i < n; i++) {
      double x = random.nextGaussian();
      values[i] = (float) (relu ? Math.max(0, x) : x) * (i % every == every - 1 ? factor : 1);
    }
    return values;
  }

  private static final float[][] CASES = {
    normal(1, 20000, 20001, 1, false),
    normal(2, 20000, 20001, 1, true),
    normal(3, 20000, 2000, 50, false),
    normal(4, 20000, 5000, 300, true),
    normal(5, 3000, 3001, 1, false),
  };

  @Test
  void percentileIsThatOfTheSortedNumbers() {
    for (float[] values : CASES) {
      float[] sorted = values.clone();
      Arrays.sort(sorted);
      for (double percent : new double[] {90, 99, 99.9}) {
        Range range = CalibrationMethod.percentile(percent).range(Observed.of(values), 8);
        double share = percent / 100;
        int high = (int) Math.round(share * (values.length - 1));
        assertBetween(sorted[high - 1], range.max(), sorted[high + 1]);
        if (sorted[0] == 0) {
          assertEquals(0, range.min());
        } else {
          int low = values.length - 1 - high;
          assertBetween(sorted[low - 1], range.min(), sorted[low + 1]);
        }
      }
      assertEquals(
          new Range(sorted[0], sorted[sorted.length - 1]),
          CalibrationMethod.percentile(100).range(Observed.of(values), 8));
    }
  }

  private static void assertBetween(float low, float x, float high) {
    // a bin is 0.2 % wide
    assertTrue(x >= low - Math.abs(low) / 256 && x <= high + Math.abs(high) / 256, "" + x);
  }

  @Test
  void quantilesAreWithinABinOfTheExactOnes() {
    for (float[] values : CASES) {
      TensorStatistics tensor = Observed.of(values);
      float[] sorted = values.clone();
      Arrays.sort(sorted);
      for (int i = 1; i < 100; i++) {
        double exact = sorted[(int) Math.ceil(i / 100.0 * values.length) - 1];
        assertEquals(exact, tensor.quantile(i / 100.0), Math.abs(exact) / 256 + 1e-9);
      }
    }
  }

  private static double squaredError(float[] values, double low, double high, int bits) {
    double bound = Math.max(-low, high);
    double step = bits == 16 ? bound / 32767 : (high - low) / 255;
    double first = bits == 16 ? -32767 : Math.rint(low / step);
    double last = bits == 16 ? 32767 : first + 255;
    double sum = 0;
    for (float x : values) {
      double q = Math.max(first, Math.min(last, Math.rint(x / step)));
      sum += (x - q * step) * (x - q * step);
    }
    return sum;
  }

  @Test
  void mseFindsTheRangeOfLeastSquaredError() {
    for (float[] values : CASES) {
      TensorStatistics tensor = Observed.of(values);
      Range range = CalibrationMethod.mse().range(tensor, 8);
      double found = squaredError(values, Math.min(0, range.min()), Math.max(0, range.max()), 8);
      double least = Double.POSITIVE_INFINITY;
      for (int i = 0; i < 60; i++) {
        for (int j = 0; j < (tensor.min() >= 0 ? 1 : 60); j++) {
          double low = Math.min(0, tensor.min()) * Math.pow(2, -j / 8.0);
          double high = tensor.max() * Math.pow(2, -i / 8.0);
          least = Math.min(least, squaredError(values, low, high, 8));
        }
      }
      assertTrue(found <= 1.03 * least, found + " against " + least + ", " + tensor);
    }
  }

  @Test
  void mseOf16BitsClipsLessThanOf8() {
    TensorStatistics tensor = Observed.of(CASES[3]);
    Range wide = CalibrationMethod.mse().range(tensor, 16);
    Range narrow = CalibrationMethod.mse().range(tensor, 8);
    assertTrue(narrow.max() < wide.max(), narrow + " and " + wide);
    double found = squaredError(CASES[3], wide.min(), wide.max(), 16);
    for (int i = 0; i < 80; i++) {
      double high = tensor.max() * Math.pow(2, -i / 8.0);
      assertTrue(found <= 1.05 * squaredError(CASES[3], 0, high, 16), "at " + high);
    }
  }

  /** The published algorithm on equal bins of the numbers themselves. */
  private static double publishedThreshold(float[] values, int levels) {
    double greatest = 0;
    for (float x : values) {
      greatest = Math.max(greatest, Math.abs(x));
    }
    double[] bins = new double[2048];
    for (float x : values) {
      if (x != 0) {
        bins[(int) Math.min(2047, Math.abs(x) / greatest * 2048)]++;
      }
    }
    double least = Double.POSITIVE_INFINITY;
    int best = 2048;
    for (int kept = levels; kept <= 2048; kept++) {
      double[] p = Arrays.copyOf(bins, kept);
      double[] q = new double[kept];
      for (int i = kept; i < 2048; i++) {
        p[kept - 1] += bins[i];
      }
      for (int level = 0; level < levels; level++) {
        double sum = 0;
        int held = 0;
        for (int i = level * kept / levels; i < (level + 1) * kept / levels; i++) {
          sum += bins[i];
          held += bins[i] > 0 ? 1 : 0;
        }
        for (int i = level * kept / levels; i < (level + 1) * kept / levels; i++) {
          q[i] = bins[i] > 0 ? sum / held : 0;
        }
      }
      double allP = Arrays.stream(p).sum();
      double allQ = Arrays.stream(q).sum();
      double divergence = 0;
      for (int i = 0; i < kept; i++) {
        if (p[i] > 0) {
          divergence += p[i] / allP * Math.log(p[i] / allP / (Math.max(1e-4, q[i]) / allQ));
        }
      }
      if (divergence < least) {
        least = divergence;
        best = kept;
      }
    }
    return greatest * best / 2048;
  }

  @Test
  void entropyIsThePublishedAlgorithms() {
    int clipped = 0;
    for (float[] values : new float[][] {CASES[0], CASES[1], CASES[2]}) {
      TensorStatistics tensor = Observed.of(values);
      Range range = CalibrationMethod.entropy().range(tensor, 8);
      double bound = publishedThreshold(values, tensor.min() >= 0 ? 256 : 128);
      double ours = Math.max(-range.min(), range.max());
      double greatest = Math.max(-tensor.min(), tensor.max());
      // thresholds lie 8 bins apart, and ours come from finer bins
      assertEquals(bound, ours, 0.06 * greatest, tensor.toString());
      clipped += ours < 0.95 * greatest ? 1 : 0;
      assertEquals(
          new Range(tensor.min(), tensor.max()), CalibrationMethod.entropy().range(tensor, 16));
    }
    assertTrue(clipped > 0, "nothing was clipped");
  }

  @Test
  void movingAverageFollowsTheSamples() {
    float[][] samples = {{-1, 4}, {-3, 2}, {Float.NaN, Float.NaN}, {-2, 8}};
    float min = 0.95f * (0.95f * -1 + 0.05f * -3) + 0.05f * -2;
    float max = 0.95f * (0.95f * 4 + 0.05f * 2) + 0.05f * 8;
    TensorStatistics tensor = Observed.of(samples);
    assertEquals(new Range(min, max), CalibrationMethod.movingAverage().range(tensor, 8));
    assertEquals(new Range(-2, 8), CalibrationMethod.movingAverage(0).range(tensor, 8));
  }

  @Test
  void noRangeIsEmptyOrBeyondWhatWasSeen() {
    float[] mostlyZero = new float[100000];
    mostlyZero[77] = 3;
    float[][] cases = {
      mostlyZero,
      {5, 5, 5},
      {-4, -4},
      {0, 0},
      {1000, 1001, 1002},
      {-7, -6, -6.5f},
      {1e-40f, 0},
      {-3.4e38f, 3.4e38f},
      {1e-30f, 1e30f}
    };
    for (float[] values : cases) {
      TensorStatistics tensor = Observed.of(values);
      for (CalibrationMethod method : ALL) {
        for (int bits : new int[] {8, 16}) {
          Range range = method.range(tensor, bits);
          String what = method + " " + bits + " " + tensor + " " + range;
          assertTrue(range.min() >= tensor.min() && range.max() <= tensor.max(), what);
          boolean zeros = tensor.min() == 0 && tensor.max() == 0;
          double width = Math.max(0.0, range.max()) - Math.min(0.0, range.min());
          assertTrue(zeros || width > 0, what);
        }
      }
    }
  }

  @Test
  void namesGiveTheMethods() {
    for (CalibrationMethod method : ALL) {
      assertEquals(method, CalibrationMethod.named(method.toString()));
      assertEquals(method, CalibrationMethod.named(method.toString().replaceFirst(":.*", "")));
    }
    assertEquals(CalibrationMethod.percentile(99), CalibrationMethod.named("percentile:99"));
    for (String wrong : List.of("median", "mse:3", "percentile:x", "percentile:50", "")) {
      assertThrows(IllegalArgumentException.class, () -> CalibrationMethod.named(wrong), wrong);
    }
  }
}

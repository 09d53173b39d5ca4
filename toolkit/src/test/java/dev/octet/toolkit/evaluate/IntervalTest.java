// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.evaluate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class IntervalTest {
  /** Newcombe 1998, Statistics in Medicine 17:857, table I, method 3. */
  @Test
  void wilsonAsPublished() {
    check(81, 263, 0.2553, 0.3662);
    check(15, 148, 0.0624, 0.1605);
    check(0, 20, 0, 0.1611);
    check(1, 29, 0.0061, 0.1718);
    check(20, 20, 1 - 0.1611, 1);
    assertThrows(IllegalArgumentException.class, () -> Interval.ofShare(3, 2));
    assertThrows(IllegalArgumentException.class, () -> Interval.ofShare(0, 0));
  }

  private static void check(int right, int n, double low, double high) {
    Interval interval = Interval.ofShare(right, n);
    assertEquals(low, interval.low(), 5e-5);
    assertEquals(high, interval.high(), 5e-5);
  }

  /** All 6^6 ways to draw six numbers with replacement give the percentiles exactly. */
  @Test
  void bootstrapHasThePercentilesOfAllDraws() {
    double[] values = {0.3, 1.7, 2.2, 5.1, 9.4, 20.6};
    double[] roots = new double[6 * 6 * 6 * 6 * 6 * 6];
    for (int i = 0; i < roots.length; i++) {
      double sum = 0;
      for (int draw = 0, rest = i; draw < 6; draw++, rest /= 6) {
        sum += values[rest % 6] * values[rest % 6];
      }
      roots[i] = Math.sqrt(sum / 6);
    }
    Arrays.sort(roots);
    Interval interval =
        new Bootstrap(200_000, 5)
            .interval(
                6,
                drawn ->
                    Math.sqrt(
                        Arrays.stream(drawn).mapToDouble(i -> values[i] * values[i]).sum() / 6));
    assertEquals(roots[(int) (0.025 * roots.length)], interval.low(), 0.03);
    assertEquals(roots[(int) (0.975 * roots.length)], interval.high(), 0.06);
  }

  /** The mean of n normal numbers lies within 1.96 s / sqrt(n) of its own mean. */
  @Test
  void bootstrapOfAMeanIsTheTextbookInterval() {
    Random random = new Random(11);
    double[] values = random.doubles(4000).map(u -> random.nextGaussian()).toArray();
    double mean = Arrays.stream(values).average().orElseThrow();
    double variance = Arrays.stream(values).map(v -> (v - mean) * (v - mean)).sum() / 4000;
    double half = Interval.Z * Math.sqrt(variance / 4000);
    Interval interval =
        new Bootstrap(4000, 1)
            .interval(4000, drawn -> Arrays.stream(drawn).mapToDouble(i -> values[i]).sum() / 4000);
    assertEquals(mean - half, interval.low(), 0.08 * half);
    assertEquals(mean + half, interval.high(), 0.08 * half);
  }

  @Test
  void bootstrapDependsOnTheSeedAlone() {
    double[] values = {1, 2, 3, 4, 5, 7, 9, 12};
    Bootstrap.Statistic mean = drawn -> Arrays.stream(drawn).mapToDouble(i -> values[i]).sum() / 8;
    Interval first = new Bootstrap(500, 1).interval(8, mean);
    assertEquals(first, new Bootstrap(500, 1).interval(8, mean));
    assertTrue(!first.equals(new Bootstrap(500, 2).interval(8, mean)));
    assertTrue(Double.isNaN(new Bootstrap(500, 1).interval(8, drawn -> Double.NaN).low()));
    assertThrows(IllegalArgumentException.class, () -> new Bootstrap(99, 1));
  }
}

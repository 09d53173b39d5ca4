// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.evaluate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PairedCountsTest {
  /** Complete response before and after consolidation therapy (Cavo et al. 2012). */
  private static final PairedCounts CAVO = new PairedCounts(59, 16, 6, 80);

  /** Airway hyper-responsiveness and stem cells (Bentur et al. 2009). */
  private static final PairedCounts BENTUR = new PairedCounts(1, 7, 1, 12);

  /** As the R package contingencytables, of Fagerland, Lydersen and Laake's book, prints them. */
  @Test
  void publishedExamples() {
    assertEquals(0.052479, CAVO.exactP(), 5e-7);
    assertEquals(0.034690, CAVO.midP(), 5e-7);
    assertEquals(-0.0621, CAVO.difference(), 5e-5);
    assertEquals(-0.1240, CAVO.interval().low(), 5e-5);
    assertEquals(-0.0054, CAVO.interval().high(), 5e-5);
    assertEquals(18 / 256.0, BENTUR.exactP(), 1e-15);
    assertEquals(10 / 256.0, BENTUR.midP(), 1e-15);
  }

  @Test
  void probabilitiesAreThoseOfExactArithmetic() {
    for (int lost = 0; lost <= 40; lost++) {
      for (int won = 0; won <= 40; won++) {
        check(lost, won);
      }
    }
    check(1000, 1100);
    check(2600, 2400);
    check(3000, 1);
  }

  private static void check(int lost, int won) {
    PairedCounts counts = new PairedCounts(5, lost, won, 3);
    int m = lost + won;
    int k = Math.min(lost, won);
    BigInteger choose = BigInteger.ONE;
    BigInteger sum = BigInteger.ONE;
    for (int i = 1; i <= k; i++) {
      choose = choose.multiply(BigInteger.valueOf(m - i + 1)).divide(BigInteger.valueOf(i));
      sum = sum.add(choose);
    }
    double twice = share(sum.shiftLeft(1), m);
    double point = share(choose, m);
    double mid = m == 0 ? 1 : lost == won ? 1 - point / 2 : twice - point;
    String message = lost + " lost, " + won + " won";
    assertEquals(Math.min(1, twice), counts.exactP(), 1e-11 * Math.min(1, twice), message);
    assertEquals(mid, counts.midP(), 1e-11 * mid, message);
  }

  private static double share(BigInteger count, int m) {
    BigDecimal all = new BigDecimal(BigInteger.ONE.shiftLeft(m));
    return new BigDecimal(count).divide(all, MathContext.DECIMAL64).doubleValue();
  }

  /** The limits are where the score statistic is 1.96, its probabilities found by search. */
  @Test
  void limitsAreWhereTheScoreStatisticSaysSo() {
    Random random = new Random(3);
    for (int i = 0; i < 300; i++) {
      int scale = 1 + random.nextInt(i < 150 ? 10 : 1000);
      PairedCounts counts =
          new PairedCounts(
              random.nextInt(scale) * 3L,
              1 + random.nextInt(scale),
              1 + random.nextInt(scale),
              random.nextInt(scale));
      Interval interval = counts.interval();
      assertEquals(Interval.Z, searched(counts, interval.low()), 1e-4, counts.toString());
      assertEquals(-Interval.Z, searched(counts, interval.high()), 1e-4, counts.toString());
    }
  }

  private static double searched(PairedCounts counts, double difference) {
    double left = Math.max(0, -difference);
    double right = (1 - difference) / 2;
    for (int i = 0; i < 200; i++) {
      double third = (right - left) / 3;
      if (likelihood(counts, difference, left + third)
          < likelihood(counts, difference, right - third)) {
        left += third;
      } else {
        right -= third;
      }
    }
    double n = counts.samples();
    double variance = n * (left + right + difference * (1 - difference));
    return (counts.won() - counts.lost() - n * difference) / Math.sqrt(variance);
  }

  /** With probability q of a lost sample and q + difference of a won one. */
  private static double likelihood(PairedCounts counts, double difference, double q) {
    double rest = Math.max(1e-300, 1 - 2 * q - difference);
    return counts.won() * Math.log(Math.max(1e-300, q + difference))
        + counts.lost() * Math.log(Math.max(1e-300, q))
        + (counts.bothRight() + counts.bothWrong()) * Math.log(rest);
  }

  @Test
  void turningTheModelsRoundTurnsTheIntervalRound() {
    PairedCounts turned = new PairedCounts(59, 6, 16, 80);
    assertEquals(-CAVO.interval().high(), turned.interval().low(), 1e-12);
    assertEquals(-CAVO.interval().low(), turned.interval().high(), 1e-12);
    assertEquals(CAVO.midP(), turned.midP());
  }

  /** Without a differing sample the statistic is sqrt(n D / (1 - D)), so D = z^2 / (n + z^2). */
  @Test
  void noDifferingSampleStillLeavesADoubt() {
    double z2 = Interval.Z * Interval.Z;
    for (int n : new int[] {1, 10, 10_000}) {
      PairedCounts same = new PairedCounts(n, 0, 0, 0);
      assertEquals(-z2 / (n + z2), same.interval().low(), 1e-12);
      assertEquals(z2 / (n + z2), same.interval().high(), 1e-12);
      assertEquals(1, same.midP());
      assertEquals(1, same.exactP());
    }
  }

  /** All outcomes of 40 samples: the interval covers the truth in nearly 95 % of the cases. */
  @Test
  void coversTheTruthAsOftenAsItSays() {
    int n = 40;
    for (double[] truth : new double[][] {{0.05, 0.05}, {0.15, 0.05}, {0.3, 0.1}}) {
      double covered = 0;
      for (int lost = 0; lost <= n; lost++) {
        for (int won = 0; lost + won <= n; won++) {
          double log =
              LogFactorial.of(n)
                  - LogFactorial.of(lost)
                  - LogFactorial.of(won)
                  - LogFactorial.of(n - lost - won)
                  + lost * Math.log(truth[0])
                  + won * Math.log(truth[1])
                  + (n - lost - won) * Math.log(1 - truth[0] - truth[1]);
          Interval interval = new PairedCounts(n - lost - won, lost, won, 0).interval();
          covered += interval.contains(truth[1] - truth[0]) ? Math.exp(log) : 0;
        }
      }
      assertTrue(covered > 0.93 && covered < 0.985, "covers " + covered);
    }
  }

  @Test
  void countsPairs() {
    PairedCounts counts =
        PairedCounts.of(new double[] {1, 1, 0, 0, 1, 1}, new double[] {1, 0, 1, 0, 1, 0});
    assertEquals(new PairedCounts(2, 2, 1, 1), counts);
    assertThrows(
        IllegalArgumentException.class,
        () -> PairedCounts.of(new double[] {1}, new double[] {1, 0}));
    assertThrows(IllegalArgumentException.class, () -> new PairedCounts(1, -1, 0, 0));
    assertThrows(IllegalStateException.class, () -> new PairedCounts(0, 0, 0, 0).interval());
  }

  @Test
  void logarithmsOfFactorials() {
    double sum = 0;
    for (int i = 1; i <= 5000; i++) {
      sum += Math.log(i);
      assertEquals(sum, LogFactorial.of(i), 1e-12 * Math.max(1, sum));
    }
    assertEquals(0, LogFactorial.of(0));
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.evaluate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.octet.toolkit.data.NpyArray;
import dev.octet.toolkit.data.NpyType;
import dev.octet.toolkit.data.Sample;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class MetricsTest {
  private static final double NAN = Double.NaN;

  private static Prediction of(Scores scores, int label, double... output) {
    return new Prediction(new Sample("s", List.of(), label, null), List.of(output), scores);
  }

  private static double top(int k, int label, double... scores) {
    return Metrics.top(k).value(of(Scores.LOGITS, label, scores));
  }

  @Test
  void ofEqualScoresTheFirstIsChosen() {
    double[] scores = {1, 3, 3, 0, 3};
    assertEquals(1, of(Scores.LOGITS, 0, scores).predicted());
    assertEquals(1, top(1, 1, scores));
    assertEquals(0, top(1, 2, scores));
    assertEquals(1, top(2, 2, scores));
    assertEquals(0, top(2, 4, scores));
    assertEquals(1, top(3, 4, scores));
    assertEquals(0, top(4, 3, scores));
    assertEquals(1, top(5, 3, scores));
    assertEquals(1, top(99, 3, scores));
  }

  @Test
  void nanIsTheGreatestAsForNumpy() {
    assertEquals(1, of(Scores.LOGITS, 0, 2, NAN, 5, NAN).predicted());
    assertEquals(2, of(Scores.LOGITS, 0, 2, NAN, 5, NAN).rank(2));
    assertEquals(1, of(Scores.LOGITS, 0, 2, NAN, 5, NAN).rank(3));
  }

  @Test
  void rankIsThePlaceAfterAStableSort() {
    Random random = new Random(1);
    for (int i = 0; i < 200; i++) {
      double[] scores = random.ints(8, 0, 4).asDoubleStream().toArray();
      Prediction prediction = of(Scores.LOGITS, 0, scores);
      List<Integer> sorted =
          java.util.stream.IntStream.range(0, 8)
              .boxed()
              .sorted(java.util.Comparator.comparingDouble(c -> -scores[c]))
              .toList();
      for (int c = 0; c < 8; c++) {
        assertEquals(sorted.indexOf(c), prediction.rank(c));
      }
      assertEquals(sorted.get(0), prediction.predicted());
    }
  }

  @Test
  void oneScoreTellsTwoClasses() {
    assertEquals(1, of(Scores.PROBABILITIES, 0, 0.6).predicted());
    assertEquals(0, of(Scores.PROBABILITIES, 0, 0.5).predicted());
    assertEquals(1, of(Scores.LOGITS, 0, 0.1).predicted());
    assertEquals(0, of(Scores.LOGITS, 0, -0.1).predicted());
    assertEquals(7, of(Scores.CLASS, 0, 7).predicted());
    assertEquals(1, Metrics.accuracy().value(of(Scores.CLASS, 7, 7)));
    assertEquals(0, Metrics.accuracy().value(of(Scores.LOGITS, 1, -0.1)));
  }

  @Test
  void lossIsThatOfTheProbability() {
    Metric loss = Metrics.loss();
    double sum = Math.exp(1) + Math.exp(2) + Math.exp(4);
    assertEquals(-Math.log(Math.exp(2) / sum), loss.value(of(Scores.LOGITS, 1, 1, 2, 4)), 1e-12);
    assertEquals(
        -Math.log(Math.exp(2) / sum), loss.value(of(Scores.LOGITS, 1, 1001, 1002, 1004)), 1e-12);
    assertEquals(-Math.log(0.2), loss.value(of(Scores.PROBABILITIES, 1, 0.3, 0.2, 0.5)), 1e-12);
    assertEquals(1.5, loss.value(of(Scores.LOG_PROBABILITIES, 1, -0.5, -1.5)), 1e-12);
    assertEquals(-Math.log(1e-7), loss.value(of(Scores.PROBABILITIES, 0, 0, 1)), 1e-12);
    assertEquals(-Math.log(1 / (1 + Math.exp(2))), loss.value(of(Scores.LOGITS, 0, 2)), 1e-12);
    assertArrayEquals(new double[] {0.25, 0.75}, of(Scores.PROBABILITIES, 0, 0.75).probabilities());
    assertThrows(IllegalArgumentException.class, () -> loss.value(of(Scores.CLASS, 0, 2)));
  }

  @Test
  void numbersThatSumToOneAreProbabilities() {
    List<double[]> shares = List.of(new double[] {0.25, 0.75}, new double[] {1, 0});
    assertEquals(Scores.PROBABILITIES, Scores.LOGITS.seen(shares));
    assertEquals(
        Scores.LOGITS, Scores.LOGITS.seen(List.of(new double[] {0.25, 0.75}, new double[] {1, 1})));
    assertEquals(Scores.LOGITS, Scores.LOGITS.seen(List.of(new double[] {1.5, -0.5})));
    assertEquals(Scores.LOGITS, Scores.LOGITS.seen(List.of(new double[] {1})));
    assertEquals(Scores.LOG_PROBABILITIES, Scores.LOG_PROBABILITIES.seen(shares));
  }

  @Test
  void errorsOfARegression() {
    Sample sample = new Sample("s", List.of(), -1, new float[] {1, 2});
    Prediction prediction = new Prediction(sample, List.of(new double[] {4, -2}), Scores.LOGITS);
    double square = Metrics.meanSquaredError().value(prediction);
    assertEquals(12.5, square);
    assertEquals(3.5, Metrics.meanAbsoluteError().value(prediction));
    Metric root = Metrics.rootMeanSquaredError();
    assertEquals(
        Math.sqrt((12.5 + 3.5) / 2),
        root.overall(new double[] {root.value(prediction), 3.5}, new int[] {-1, -1}),
        1e-12);
  }

  @Test
  void areaCountsPairs() {
    Random random = new Random(2);
    Metric area = Metrics.areaUnderCurve();
    for (int i = 0; i < 100; i++) {
      double[] scores = random.ints(30, 0, 12).asDoubleStream().toArray();
      int[] labels = random.ints(30, 0, 2).toArray();
      double won = 0;
      int pairs = 0;
      for (int a = 0; a < 30; a++) {
        for (int b = 0; b < 30; b++) {
          if (labels[a] == 1 && labels[b] == 0) {
            won += scores[a] > scores[b] ? 1 : scores[a] == scores[b] ? 0.5 : 0;
            pairs++;
          }
        }
      }
      assertEquals(won / pairs, area.overall(scores, labels), 1e-12);
    }
    assertTrue(Double.isNaN(area.overall(new double[] {1, 2}, new int[] {1, 1})));
    assertTrue(Double.isNaN(area.overall(new double[] {1, 2}, new int[] {0, 0})));
  }

  @Test
  void anomaliesAreFarFromTheirReconstruction() {
    ByteBuffer data = ByteBuffer.allocate(12).order(ByteOrder.LITTLE_ENDIAN);
    data.asFloatBuffer().put(new float[] {1, 2, 3});
    NpyArray input = new NpyArray(NpyType.FLOAT32, new int[] {3}, data);
    Sample sample = new Sample("s", List.of(input), 1, null);
    Metric area = Metrics.areaUnderCurve();
    assertEquals(
        5 / 3.0,
        area.value(new Prediction(sample, List.of(new double[] {1, 0, 4}), Scores.LOGITS)),
        1e-12);
    assertEquals(9, area.value(of(Scores.LOGITS, 0, 9)));
    assertThrows(
        IllegalArgumentException.class,
        () -> area.value(new Prediction(sample, List.of(new double[2]), Scores.LOGITS)));
    assertThrows(IllegalArgumentException.class, () -> area.value(of(Scores.LOGITS, 2, 9)));
  }

  @Test
  void metricsHaveNames() {
    assertEquals("top-1", Metrics.named("top1").name());
    assertEquals("top-1", Metrics.named("accuracy").name());
    assertEquals("top-12", Metrics.named("top12").name());
    assertEquals("cross-entropy", Metrics.named("loss").name());
    assertEquals("MSE", Metrics.named("mse").name());
    assertEquals("RMSE", Metrics.named("rmse").name());
    assertEquals("AUC", Metrics.named("auc").name());
    assertEquals("zeros", Metrics.named(ZeroShare.class.getName()).name());
    assertTrue(refused("top0").contains("'top0' is no metric"), refused("top0"));
    assertTrue(refused("java.lang.String").contains("does not implement"));
    assertTrue(refused("java.lang.Math").contains("constructor"));
    assertThrows(IllegalArgumentException.class, () -> Metrics.top(0));
  }

  private static String refused(String name) {
    return assertThrows(IllegalArgumentException.class, () -> Metrics.named(name)).getMessage();
  }
}

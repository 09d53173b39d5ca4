// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.search;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.octet.InterpreterOptions;
import dev.octet.toolkit.evaluate.Agreement;
import dev.octet.toolkit.evaluate.Bootstrap;
import dev.octet.toolkit.evaluate.Comparison;
import dev.octet.toolkit.evaluate.Evaluation;
import dev.octet.toolkit.evaluate.Evaluations;
import dev.octet.toolkit.evaluate.FileSize;
import dev.octet.toolkit.evaluate.Interval;
import dev.octet.toolkit.evaluate.Metric;
import dev.octet.toolkit.evaluate.MetricDifference;
import dev.octet.toolkit.evaluate.Timing;
import dev.octet.toolkit.search.Verdict.Judgement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class VerdictTest {
  private record Row(String name, int bytes, double micros, double loss, double low, double high) {}

  @Test
  void ofTheSoundOnesTheFastestIsChosen() {
    Verdict verdict =
        of(
            new Row("slow", 200, 90, 0, -0.1, 0.1),
            new Row("fast", 400, 30, 0.1, -0.1, 0.4),
            new Row("fastest", 300, 20, 0.3, 0.1, 0.6),
            new Row("wrong", 100, 10, 5, 4, 6));
    assertEquals(
        List.of(Judgement.SOUND, Judgement.SOUND, Judgement.UNSURE, Judgement.POOR),
        verdict.models().stream().map(Verdict.OfModel::judgement).toList());
    assertEquals(Optional.of("fast"), verdict.chosen());
    assertTrue(verdict.sentence().startsWith("Use fast: 2.5 times smaller, 3.3 times faster; "));
  }

  @Test
  void ofEquallyFastOnesTheSmallestIsChosen() {
    Verdict verdict = of(new Row("a", 400, 30, 0, -0.1, 0.1), new Row("b", 300, 31, 0, -0.1, 0.1));
    assertEquals(Optional.of("b"), verdict.chosen());
  }

  @Test
  void withTooFewSamplesTheVerdictSaysSo() {
    Verdict verdict = of(new Row("a", 400, 30, 0.2, -1, 1.4));
    assertEquals(Optional.of("a"), verdict.chosen());
    assertTrue(
        verdict
            .sentence()
            .endsWith("; 50 samples do not show that it loses no more than 0.5 points"),
        verdict.sentence());
  }

  @Test
  void whenAllLoseFloatStays() {
    Verdict verdict = of(new Row("a", 400, 30, 2, 1, 3));
    assertEquals(Optional.empty(), verdict.chosen());
    assertEquals("Stay with float: every mode loses more than 0.5 points", verdict.sentence());
  }

  @Test
  void slowerAndLargerAndEqualAreSaidSo() {
    Verdict verdict = of(new Row("a", 2000, 102, 0, -0.1, 0.1));
    assertTrue(verdict.models().get(0).sentence().startsWith("a: 2.0 times larger, as fast; "));
  }

  @Test
  void errorsAreToldAndNotJudged() {
    Verdict verdict = of(Metric.Kind.NUMBER, new Row("a", 500, 50, 2, 1, 3));
    assertEquals(Judgement.UNKNOWN, verdict.models().get(0).judgement());
    assertTrue(
        verdict
            .models()
            .get(0)
            .sentence()
            .endsWith(
                "; top-1: 0.02000 worse (95 %: 0.01000 to"
                    + " 0.03000 worse): worse beyond chance"),
        verdict.models().get(0).sentence());
    assertTrue(verdict.sentence().startsWith("An error has no limit in points"));
  }

  private static Verdict of(Row... rows) {
    return of(Metric.Kind.SHARE, rows);
  }

  private static Verdict of(Metric.Kind kind, Row... rows) {
    List<Evaluation> models = new ArrayList<>();
    List<Comparison> comparisons = new ArrayList<>();
    models.add(evaluation("float", 1000, 100));
    for (Row row : rows) {
      models.add(evaluation(row.name(), row.bytes(), row.micros()));
      MetricDifference difference =
          new MetricDifference(
              "top-1",
              kind,
              true,
              0.9,
              0.9 - row.loss() / 100,
              row.loss() / 100,
              new Interval(row.low() / 100, row.high() / 100),
              Optional.empty());
      comparisons.add(
          new Comparison(
              row.name(),
              "float",
              List.of(difference),
              new Agreement(1, List.of()),
              List.of(),
              List.of()));
    }
    return Verdict.of(
        new Evaluations(
            "data",
            50,
            List.of(),
            new int[50],
            "scalar",
            new InterpreterOptions(),
            new Bootstrap(2000, 1),
            0,
            models,
            comparisons),
        0.5);
  }

  private static Evaluation evaluation(String name, int bytes, double micros) {
    return new Evaluation(
        name,
        new FileSize(bytes, bytes),
        Optional.empty(),
        List.of(),
        List.of(),
        new int[0],
        Optional.of(new Timing(micros, micros, 1)),
        0,
        0,
        0,
        Optional.empty());
  }
}

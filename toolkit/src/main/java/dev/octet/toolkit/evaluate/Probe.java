// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.evaluate;

import dev.octet.Interpreter;
import dev.octet.toolkit.data.DataFormatException;
import dev.octet.toolkit.data.NpyArray;
import dev.octet.toolkit.data.Sample;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Looks at the first samples to find out what is to be measured, and that it can be. */
final class Probe {
  /** How many samples it takes to tell probabilities by their numbers. */
  static final int SAMPLES = 8;

  private Probe() {}

  /**
   * @param head the first samples, at least one
   * @param metrics those asked for; empty to choose by the first sample
   */
  static Batch.Plan plan(
      String data,
      List<Sample> head,
      Lane lane,
      List<Candidate> candidates,
      int baseline,
      List<Metric> metrics)
      throws IOException {
    Sample first = head.get(0);
    Prediction prediction = lane.predict(baseline, first);
    List<Metric> chosen = metrics.isEmpty() ? choose(prediction, head) : metrics;
    if (chosen.isEmpty() && candidates.size() == 1) {
      throw new DataFormatException(
          data, "no labels and no targets, and one model alone agrees with nothing");
    }
    Batch.Plan plan = new Batch.Plan(candidates, baseline, chosen);
    if (plan.classes()) {
      learnScores(lane, candidates, head);
    }
    for (int m = 0; m < candidates.size(); m++) {
      Prediction one = lane.predict(m, first);
      for (Metric metric : chosen) {
        Batch.require(metric, one, candidates.get(m));
      }
    }
    return plan;
  }

  private static List<Metric> choose(Prediction prediction, List<Sample> head) {
    List<Metric> chosen = new ArrayList<>();
    int elements = prediction.output(0).length;
    boolean normalOrNot = head.stream().allMatch(sample -> sample.label() <= 1);
    if (prediction.label() >= 0 && normalOrNot && reconstructs(prediction)) {
      chosen.add(Metrics.areaUnderCurve());
    } else if (prediction.label() >= 0) {
      chosen.add(Metrics.accuracy());
      if (prediction.scores() != Scores.CLASS) {
        if (elements > 10) {
          chosen.add(Metrics.top(5));
        }
        chosen.add(Metrics.loss());
      }
    }
    if (prediction.target() != null) {
      chosen.add(Metrics.meanAbsoluteError());
      chosen.add(Metrics.rootMeanSquaredError());
    }
    return chosen;
  }

  private static boolean reconstructs(Prediction prediction) {
    NpyArray input = prediction.sample().inputs().get(0);
    int elements = prediction.output(0).length;
    return prediction.scores() == Scores.LOGITS
        && elements > 2
        && input.data().remaining() == (long) elements * input.type().bytes();
  }

  private static void learnScores(Lane lane, List<Candidate> candidates, List<Sample> head)
      throws IOException {
    for (int m = 0; m < candidates.size(); m++) {
      Candidate candidate = candidates.get(m);
      requireOneScoreEach(candidate, lane.interpreter(m));
      if (candidate.scores() == Scores.LOGITS) {
        List<double[]> outputs = new ArrayList<>();
        for (Sample sample : head) {
          outputs.add(lane.predict(m, sample).output(0));
        }
        candidate.scores(candidate.scores().seen(outputs));
      }
    }
  }

  private static void requireOneScoreEach(Candidate candidate, Interpreter interpreter) {
    int[] shape = candidate.output(interpreter, 0).shape();
    for (int i = 0; i < shape.length - 1; i++) {
      if (shape[i] != 1) {
        throw new IllegalArgumentException(
            candidate.name()
                + ": labels are compared with one score for each class, but the first output is "
                + candidate.info(0));
      }
    }
  }
}

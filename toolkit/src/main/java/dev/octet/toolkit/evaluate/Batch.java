// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.evaluate;

import dev.octet.OctetException;
import dev.octet.toolkit.data.DataFormatException;
import dev.octet.toolkit.data.Sample;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CancellationException;

/** What all models made of some samples that follow each other. */
final class Batch {
  private List<Sample> samples;
  private final int[] labels;
  private final String[] names;

  /** By model, metric, sample. */
  final double[][][] values;

  /** By model, sample; -1 where classes do not matter. */
  final int[][] predicted;

  /** By model, sample. */
  final boolean[][] finite;

  /** By model; that of the baseline compares it with itself. */
  final AgreementSums[] agreement;

  private final Plan plan;

  /**
   * What is to be measured.
   *
   * @param candidates the models
   * @param baseline place of the baseline among them
   * @param metrics for each of them
   */
  record Plan(List<Candidate> candidates, int baseline, List<Metric> metrics) {
    boolean classes() {
      return metrics.stream().anyMatch(metric -> metric.needs() == Metric.Needs.CLASS);
    }
  }

  Batch(Plan plan, List<Sample> samples) {
    this.plan = plan;
    this.samples = samples;
    labels = samples.stream().mapToInt(Sample::label).toArray();
    names = samples.stream().map(Sample::name).toArray(String[]::new);
    int models = plan.candidates().size();
    values = new double[models][plan.metrics().size()][samples.size()];
    predicted = new int[models][samples.size()];
    finite = new boolean[models][samples.size()];
    agreement = new AgreementSums[models];
    for (int m = 0; m < models; m++) {
      agreement[m] = new AgreementSums(plan.candidates().get(m).outputs());
    }
  }

  int size() {
    return labels.length;
  }

  int[] labels() {
    return labels;
  }

  String name(int sample) {
    return names[sample];
  }

  /** This, without the samples' contents. */
  Batch withoutInputs() {
    samples = List.of();
    return this;
  }

  void run(Lane lane) throws IOException {
    for (int i = 0; i < labels.length; i++) {
      if (Thread.currentThread().isInterrupted()) {
        throw new CancellationException("cancelled");
      }
      Sample sample = samples.get(i);
      Prediction baseline = lane.predict(plan.baseline(), sample);
      for (int m = 0; m < values.length; m++) {
        Prediction prediction = m == plan.baseline() ? baseline : lane.predict(m, sample);
        Candidate candidate = plan.candidates().get(m);
        for (int k = 0; k < plan.metrics().size(); k++) {
          values[m][k][i] = value(plan.metrics().get(k), prediction, candidate);
        }
        predicted[m][i] = plan.classes() ? prediction.predicted() : -1;
        finite[m][i] = finite(prediction);
        if (m != plan.baseline()) {
          agreement[m].add(baseline, prediction, plan.classes(), candidate.name());
        }
      }
    }
  }

  private static double value(Metric metric, Prediction prediction, Candidate candidate)
      throws DataFormatException {
    require(metric, prediction, candidate);
    try {
      return metric.value(prediction);
    } catch (IllegalArgumentException e) {
      throw e;
    } catch (RuntimeException e) {
      String where = metric.name() + " of " + candidate.name() + ", " + prediction.sample().name();
      throw new OctetException(where + ": " + e, e);
    }
  }

  /** Refuses a sample that lacks what the metric needs. */
  static void require(Metric metric, Prediction prediction, Candidate candidate)
      throws DataFormatException {
    Sample sample = prediction.sample();
    int elements = prediction.output(0).length;
    switch (metric.needs()) {
      case LABEL, CLASS -> {
        if (sample.label() < 0) {
          throw new DataFormatException(
              sample.name(), "no label, and " + metric.name() + " needs one");
        }
        int classes = prediction.scores().classes(elements);
        if (metric.needs() == Metric.Needs.CLASS && classes > 0 && sample.label() >= classes) {
          throw new DataFormatException(
              sample.name(),
              String.format(
                  "label %d, but %s of %s tells %d classes apart (0 to %d)",
                  sample.label(), candidate.info(0), candidate.name(), classes, classes - 1));
        }
      }
      case TARGET -> {
        if (sample.target() == null) {
          throw new DataFormatException(
              sample.name(), "no target, and " + metric.name() + " needs one");
        }
        if (sample.target().length != elements) {
          throw new DataFormatException(
              sample.name(),
              String.format(
                  "a target of %d numbers, but %s of %s has %d",
                  sample.target().length, candidate.info(0), candidate.name(), elements));
        }
      }
      default -> {}
    }
  }

  private static boolean finite(Prediction prediction) {
    for (int i = 0; i < prediction.outputs(); i++) {
      for (double value : prediction.output(i)) {
        if (!Double.isFinite(value)) {
          return false;
        }
      }
    }
    return true;
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.evaluate;

import dev.octet.InterpreterOptions;
import dev.octet.Octet;
import dev.octet.toolkit.data.DataSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Puts batches together and draws what is asked for from them. */
final class Results {
  private static final int FLIPS = 100;

  private final DataSet data;
  private final Batch.Plan plan;
  private final List<Batch> batches;
  private final Bootstrap bootstrap;
  private final int[] labels;

  Results(DataSet data, Batch.Plan plan, List<Batch> batches, Bootstrap bootstrap) {
    this.data = data;
    this.plan = plan;
    this.batches = batches;
    this.bootstrap = bootstrap;
    this.labels = new int[batches.stream().mapToInt(Batch::size).sum()];
    int at = 0;
    for (Batch batch : batches) {
      System.arraycopy(batch.labels(), 0, labels, at, batch.size());
      at += batch.size();
    }
  }

  Evaluations evaluations(Lane lane, List<Timing> times, InterpreterOptions options) {
    List<Evaluation> models = new ArrayList<>();
    for (int m = 0; m < plan.candidates().size(); m++) {
      Optional<Timing> time = times.isEmpty() ? Optional.empty() : Optional.of(times.get(m));
      models.add(evaluation(m, lane, time));
    }
    List<Comparison> comparisons = new ArrayList<>();
    for (int m = 0; m < models.size(); m++) {
      if (m != plan.baseline()) {
        comparisons.add(comparison(m, models.get(plan.baseline()), models.get(m)));
      }
    }
    return new Evaluations(
        data.name(),
        labels.length,
        data.classes(),
        labels,
        Octet.isa(),
        options,
        bootstrap,
        plan.baseline(),
        models,
        comparisons);
  }

  private Evaluation evaluation(int m, Lane lane, Optional<Timing> time) {
    Candidate candidate = plan.candidates().get(m);
    List<MetricValue> metrics = new ArrayList<>();
    for (int k = 0; k < plan.metrics().size(); k++) {
      metrics.add(MetricValue.of(plan.metrics().get(k), values(m, k), labels, bootstrap));
    }
    int[] predicted = plan.classes() ? predicted(m) : new int[0];
    int notFinite = 0;
    String first = null;
    for (Batch batch : batches) {
      for (int i = 0; i < batch.size(); i++) {
        if (!batch.finite[m][i]) {
          first = notFinite++ == 0 ? batch.name(i) : first;
        }
      }
    }
    return new Evaluation(
        candidate.name(),
        candidate.size(),
        plan.classes() ? Optional.of(candidate.scores()) : Optional.empty(),
        metrics,
        plan.classes() ? ClassAccuracy.of(labels, predicted, data.classes()) : List.of(),
        predicted,
        time,
        lane.interpreter(m).memoryBytes(),
        lane.interpreter(m).weightBytes(),
        notFinite,
        Optional.ofNullable(first));
  }

  private double[] values(int m, int k) {
    double[] all = new double[labels.length];
    int at = 0;
    for (Batch batch : batches) {
      System.arraycopy(batch.values[m][k], 0, all, at, batch.size());
      at += batch.size();
    }
    return all;
  }

  private int[] predicted(int m) {
    int[] all = new int[labels.length];
    int at = 0;
    for (Batch batch : batches) {
      System.arraycopy(batch.predicted[m], 0, all, at, batch.size());
      at += batch.size();
    }
    return all;
  }

  private Comparison comparison(int m, Evaluation baseline, Evaluation model) {
    List<MetricDifference> differences = new ArrayList<>();
    for (int k = 0; k < plan.metrics().size(); k++) {
      differences.add(
          MetricDifference.of(
              plan.metrics().get(k),
              baseline.metrics().get(k),
              model.metrics().get(k),
              labels,
              bootstrap));
    }
    Candidate candidate = plan.candidates().get(m);
    AgreementSums sums = new AgreementSums(candidate.outputs());
    batches.forEach(batch -> sums.add(batch.agreement[m]));
    return new Comparison(
        model.name(),
        baseline.name(),
        differences,
        sums.agreement(outputNames(), plan.classes()),
        ClassDrop.of(baseline.classes(), model.classes()),
        flips(m));
  }

  private List<String> outputNames() {
    Candidate baseline = plan.candidates().get(plan.baseline());
    return List.copyOf(baseline.signature().outputs().keySet());
  }

  private List<Flip> flips(int m) {
    List<Flip> flips = new ArrayList<>();
    for (Batch batch : batches) {
      for (int i = 0; i < batch.size() && plan.classes() && flips.size() < FLIPS; i++) {
        int label = batch.labels()[i];
        int predicted = batch.predicted[m][i];
        if (batch.predicted[plan.baseline()][i] == label && predicted != label) {
          flips.add(new Flip(batch.name(i), label, predicted));
        }
      }
    }
    return flips;
  }
}

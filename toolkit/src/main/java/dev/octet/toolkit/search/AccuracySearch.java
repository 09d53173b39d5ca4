// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.search;

import dev.octet.toolkit.data.DataSet;
import dev.octet.toolkit.evaluate.Comparison;
import dev.octet.toolkit.evaluate.Metric;
import dev.octet.toolkit.evaluate.MetricDifference;
import dev.octet.toolkit.quantize.Compute;
import dev.octet.toolkit.quantize.QuantizedModel;
import dev.octet.toolkit.quantize.Quantizer;
import dev.octet.toolkit.quantize.Recipe;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;

/**
 * Automatic mixed precision: finds few layers that, kept on floats or on 16 bits, hold the loss of
 * accuracy under a limit.
 *
 * <ol>
 *   <li>All layers are quantized and the loss against the float model is measured. If it is under
 *       the limit, that is the result.
 *   <li>Each quantized layer is made wide together with the layers that read it, for only then is
 *       what it gives not rounded to 8 bits. Its sensitivity is by how many dB the output's signal
 *       to noise ratio rises, on the first samples of the validation set.
 *   <li>From the most sensitive on, layers and their readers are made wide, one more at each step,
 *       and the loss is measured on all samples, until it is under the limit.
 *   <li>The layers chosen are narrowed again one by one, the last chosen first, where the loss
 *       stays under the limit.
 * </ol>
 *
 * <p>Chosen on the validation set, so the loss there is a little rosier than on data never seen.
 */
public final class AccuracySearch {
  /**
   * One model that was tried on all samples.
   *
   * @param wide the layers that were not quantized to 8 bits
   * @param difference from the float model
   * @param bytes size of the file
   * @param underLimit whether the loss is
   */
  public record Trial(
      List<String> wide, MetricDifference difference, int bytes, boolean underLimit) {}

  /**
   * What was found.
   *
   * @param model the one with the fewest wide layers under the limit; when none is, the one that
   *     lost least
   * @param recipe that makes it with the same quantizer; null when no layer is wide and none was
   *     given
   * @param sensitivities greatest first; empty when the first trial was good
   * @param trials in order
   * @param reached whether the loss is under the limit
   */
  public record Result(
      QuantizedModel model,
      Recipe recipe,
      List<Sensitivity> sensitivities,
      List<Trial> trials,
      boolean reached) {}

  private final Quantizer quantizer;
  private final Recipe base;
  private final DataSet validation;
  private double limit = 0.5;
  private Compute wide = Compute.FLOAT;
  private int rankSamples = 200;
  private Metric metric;
  private SearchListener listener = (words, done, total) -> {};
  private final List<Trial> trials = new ArrayList<>();
  private QuantizedModel best;
  private Recipe bestRecipe;
  private double bestLoss = Double.POSITIVE_INFINITY;

  /**
   * @param quantizer with mode and calibration set; statistics rather than samples, or each trial
   *     runs the samples again
   * @param recipe that holds beside what the search finds, or null
   * @param validation samples that the calibration has not seen
   */
  public AccuracySearch(Quantizer quantizer, Recipe recipe, DataSet validation) {
    this.quantizer = quantizer;
    this.base = recipe;
    this.validation = validation;
  }

  /**
   * The greatest loss allowed, in points for a metric in percent, else in its unit; 0.5 unless set.
   */
  public AccuracySearch limit(double points) {
    if (!(points >= 0)) {
      throw new IllegalArgumentException("the limit of a loss is not below 0: " + points);
    }
    limit = points;
    return this;
  }

  /** What sensitive layers become: FLOAT unless set, or INT16X8. */
  public AccuracySearch wide(Compute compute) {
    if (compute != Compute.FLOAT && compute != Compute.INT16X8) {
      throw new IllegalArgumentException(compute + " is not wider than int8");
    }
    wide = compute;
    return this;
  }

  /** How many samples sensitivity is measured on; 200 unless set. */
  public AccuracySearch rankSamples(int count) {
    if (count < 1) {
      throw new IllegalArgumentException("sensitivity takes samples, not " + count);
    }
    rankSamples = count;
    return this;
  }

  /** What is not to be lost: the evaluator's first metric unless set. */
  public AccuracySearch metric(Metric wanted) {
    metric = wanted;
    return this;
  }

  /** Hears what is being done. */
  public AccuracySearch listener(SearchListener hears) {
    listener = hears;
    return this;
  }

  /**
   * Searches. The quantizer keeps the recipe that was found.
   *
   * @throws IOException if a sample cannot be read or does not fit
   * @throws CancellationException if the thread was interrupted
   */
  public Result search() throws IOException {
    trials.clear();
    best = null;
    bestRecipe = null;
    bestLoss = Double.POSITIVE_INFINITY;
    byte[] real = quantizer.floatModel();
    listener.step("all layers", 0, -1);
    QuantizedModel narrow = made(List.of());
    if (tried(real, narrow, List.of())) {
      return result(List.of());
    }
    List<Sensitivity> order =
        new SensitivityRanking(real, validation, rankSamples, metric)
            .of(narrow, unit -> made(unit.with()), listener);
    Set<String> chosen = new LinkedHashSet<>();
    boolean under = false;
    for (int i = 0; i < order.size() && !under; i++) {
      checkInterrupted();
      listener.step("widening layers", i, order.size());
      if (chosen.addAll(order.get(i).with())) {
        List<String> layers = List.copyOf(chosen);
        under = tried(real, made(layers), layers);
      }
    }
    List<String> last = new ArrayList<>(chosen);
    for (int i = last.size() - 1; under && i >= 0; i--) {
      checkInterrupted();
      listener.step("narrowing layers", last.size() - 1 - i, last.size());
      List<String> fewer = new ArrayList<>(last);
      fewer.remove(i);
      if (!fewer.isEmpty() && tried(real, made(fewer), fewer)) {
        last = fewer;
      }
    }
    return result(order);
  }

  private Result result(List<Sensitivity> order) {
    quantizer.recipe(bestRecipe);
    return new Result(
        best, bestRecipe, List.copyOf(order), List.copyOf(trials), bestLoss <= limit + 1e-9);
  }

  private QuantizedModel made(List<String> layers) {
    return quantizer.recipe(recipe(layers)).quantize();
  }

  private Recipe recipe(List<String> layers) {
    return layers.isEmpty() ? base : Recipe.with(base, layers, wide);
  }

  private boolean tried(byte[] real, QuantizedModel model, List<String> layers) throws IOException {
    Comparison comparison =
        SensitivityRanking.evaluated(real, validation, metric, List.of(model)).comparisons().get(0);
    if (comparison.metrics().isEmpty()) {
      throw new IllegalArgumentException(
          validation.name() + " has neither labels nor targets, so no loss can be measured");
    }
    MetricDifference difference = comparison.metrics().get(0);
    double loss = difference.percent() ? difference.lossPoints() : difference.loss();
    // 100 times a count over a count may miss the written number by its last bits
    boolean under = loss <= limit + 1e-9;
    trials.add(new Trial(List.copyOf(layers), difference, model.size(), under));
    if (under ? !(bestLoss <= limit + 1e-9) || better(layers) : loss < bestLoss) {
      best = model;
      bestLoss = loss;
      bestRecipe = recipe(layers);
    }
    return under;
  }

  private boolean better(List<String> layers) {
    return trials.stream()
        .limit(trials.size() - 1L)
        .filter(Trial::underLimit)
        .allMatch(trial -> trial.wide().size() > layers.size());
  }

  static void checkInterrupted() {
    if (Thread.currentThread().isInterrupted()) {
      throw new CancellationException("the search was interrupted");
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.search;

import dev.octet.toolkit.evaluate.Comparison;
import dev.octet.toolkit.evaluate.Evaluation;
import dev.octet.toolkit.evaluate.Evaluations;
import dev.octet.toolkit.evaluate.MetricDifference;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Which of several quantized models to use.
 *
 * <p>A model is {@link Judgement#SOUND} when the whole 95 % interval of its loss of accuracy is
 * within the limit, {@link Judgement#UNSURE} when the loss as measured is but the interval is not
 * (more samples would tell), {@link Judgement#POOR} otherwise. Of the sound ones, else of the
 * unsure ones, the fastest is chosen; of those within 5 % of its time the smallest file.
 *
 * @param models one for each model but the float one
 * @param chosen the name of the one to use; empty when none is within the limit, or none could be
 *     judged
 * @param sentence the verdict in words
 */
public record Verdict(List<OfModel> models, Optional<String> chosen, String sentence) {
  private static final double AS_FAST = 1.05;

  /** What can be said of one model. */
  public enum Judgement {
    SOUND,
    UNSURE,
    POOR,
    /** No accuracy was measured, or none in percent. */
    UNKNOWN
  }

  /**
   * One model.
   *
   * @param name of the model
   * @param judgement of its accuracy
   * @param smaller size of the float file by its own
   * @param faster median time of the float model by its own; NaN when not measured
   * @param sentence all of it in words
   */
  public record OfModel(
      String name, Judgement judgement, double smaller, double faster, String sentence) {}

  public Verdict {
    models = List.copyOf(models);
  }

  /**
   * Judges.
   *
   * @param limit the greatest loss of accuracy, in points
   */
  public static Verdict of(Evaluations all, double limit) {
    Evaluation real = all.models().get(all.baseline());
    List<OfModel> models = new ArrayList<>();
    for (Comparison comparison : all.comparisons()) {
      models.add(judged(real, all.model(comparison.model()), comparison, limit));
    }
    for (Judgement judgement : List.of(Judgement.SOUND, Judgement.UNSURE)) {
      List<OfModel> good = models.stream().filter(m -> m.judgement() == judgement).toList();
      if (!good.isEmpty()) {
        OfModel best = best(good);
        String sure =
            judgement == Judgement.SOUND
                ? ""
                : String.format(
                    Locale.ROOT,
                    "; %,d samples do not show that it loses no more than %s points",
                    all.samples(),
                    plain(limit));
        return new Verdict(models, Optional.of(best.name()), "Use " + best.sentence() + sure);
      }
    }
    boolean unknown = models.stream().allMatch(m -> m.judgement() == Judgement.UNKNOWN);
    boolean errors = all.comparisons().stream().anyMatch(each -> !each.metrics().isEmpty());
    String none =
        unknown
            ? errors
                ? "An error has no limit in points, so none is recommended: compare the errors"
                    + " above"
                : "No accuracy was measured, so none is recommended: give samples with labels"
            : "Stay with float: every mode loses more than " + plain(limit) + " points";
    return new Verdict(models, Optional.empty(), none);
  }

  private static OfModel best(List<OfModel> good) {
    double fastest = good.stream().mapToDouble(OfModel::faster).max().orElse(Double.NaN);
    return good.stream()
        .filter(m -> Double.isNaN(m.faster()) || m.faster() * AS_FAST >= fastest)
        .max(Comparator.comparingDouble(OfModel::smaller))
        .orElse(good.get(0));
  }

  private static OfModel judged(
      Evaluation real, Evaluation model, Comparison comparison, double limit) {
    double smaller = (double) real.size().bytes() / model.size().bytes();
    boolean timed = real.timing().isPresent() && model.timing().isPresent();
    double faster =
        timed
            ? real.timing().get().medianMicros() / model.timing().get().medianMicros()
            : Double.NaN;
    Optional<MetricDifference> accuracy = comparison.accuracy();
    Optional<MetricDifference> first = accuracy.or(() -> comparison.metrics().stream().findFirst());
    Judgement judgement = Judgement.UNKNOWN;
    if (accuracy.isPresent()) {
      double high = 100 * accuracy.get().interval().high();
      boolean within = accuracy.get().lossPoints() <= limit + 1e-9;
      judgement =
          !within ? Judgement.POOR : high <= limit + 1e-9 ? Judgement.SOUND : Judgement.UNSURE;
    }
    String sentence =
        model.name()
            + ": "
            + times(smaller, "smaller", "larger", "as large")
            + (timed ? ", " + times(faster, "faster", "slower", "as fast") : "")
            + first.map(a -> "; " + a.sentence()).orElse("");
    return new OfModel(model.name(), judgement, smaller, faster, sentence);
  }

  private static String times(double factor, String more, String less, String same) {
    if (factor < AS_FAST && factor > 1 / AS_FAST) {
      return same;
    }
    return factor >= 1
        ? String.format(Locale.ROOT, "%.1f times %s", factor, more)
        : String.format(Locale.ROOT, "%.1f times %s", 1 / factor, less);
  }

  private static String plain(double number) {
    return number == Math.rint(number) ? Long.toString((long) number) : Double.toString(number);
  }
}

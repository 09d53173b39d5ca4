// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.evaluate;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * A model against the baseline, sample by sample.
 *
 * @param model its name
 * @param baseline the baseline's name
 * @param metrics in the order of the evaluations
 * @param agreement how far both do the same
 * @param classes each class that occurs; empty where classes do not matter
 * @param lost the first samples (at most 100) that the baseline gets right and the model wrong
 */
public record Comparison(
    String model,
    String baseline,
    List<MetricDifference> metrics,
    Agreement agreement,
    List<ClassDrop> classes,
    List<Flip> lost) {
  public Comparison {
    metrics = List.copyOf(metrics);
    classes = List.copyOf(classes);
    lost = List.copyOf(lost);
  }

  /**
   * The class that lost most points, of equal ones that with more samples; empty when none lost
   * any.
   */
  public Optional<ClassDrop> worstClass() {
    return classes.stream()
        .filter(each -> each.points() > 0)
        .max(
            Comparator.comparingDouble(ClassDrop::points)
                .thenComparingInt(ClassDrop::samples)
                .thenComparing(Comparator.comparingInt(ClassDrop::label).reversed()));
  }

  /** The first metric in percent, which limits of a drop are about. */
  public Optional<MetricDifference> accuracy() {
    return metrics.stream().filter(MetricDifference::percent).findFirst();
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.evaluate;

import dev.octet.InterpreterOptions;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;

/**
 * Models measured on one data set, and all but one of them compared with that one.
 *
 * @param dataSet its name
 * @param samples their number
 * @param classNames names by label; empty when there are none
 * @param labels of each sample, -1 where there is none; the array itself, not to be changed
 * @param isa the instruction set that ran
 * @param options how interpreters were made
 * @param bootstrap what intervals of numbers that are no shares were made with
 * @param baseline place of the baseline in {@code models}
 * @param models in the order given
 * @param comparisons one for each model but the baseline, in the same order
 */
public record Evaluations(
    String dataSet,
    int samples,
    List<String> classNames,
    int[] labels,
    String isa,
    InterpreterOptions options,
    Bootstrap bootstrap,
    int baseline,
    List<Evaluation> models,
    List<Comparison> comparisons) {
  public Evaluations {
    classNames = List.copyOf(classNames);
    models = List.copyOf(models);
    comparisons = List.copyOf(comparisons);
  }

  /**
   * The model of a name.
   *
   * @throws NoSuchElementException when there is none
   */
  public Evaluation model(String name) {
    return models.stream()
        .filter(model -> model.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new NoSuchElementException("no model '" + name + "'"));
  }

  /** The comparison of a model; empty for the baseline. */
  public Optional<Comparison> comparison(String model) {
    return comparisons.stream().filter(each -> each.model().equals(model)).findFirst();
  }

  /** The name of a class, or its number as text. */
  String className(int label) {
    return ClassAccuracy.name(classNames, label);
  }
}

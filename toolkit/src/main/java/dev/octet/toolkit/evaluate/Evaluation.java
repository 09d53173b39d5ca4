// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.evaluate;

import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;

/**
 * What was measured of one model.
 *
 * @param name the file's name, or that given with its bytes
 * @param size of the file
 * @param scores what the first output was taken for where classes matter
 * @param metrics in the order asked for
 * @param classes accuracy of each class that occurs; empty where classes do not matter
 * @param predicted the class chosen for each sample, empty where classes do not matter; the array
 *     itself, not to be changed
 * @param timing empty when it was not asked for
 * @param interpreterBytes activations and the native state beside them, of one interpreter
 * @param weightBytes packed weights, shared by all interpreters
 * @param notFinite how many samples gave an output that has a NaN or an infinity
 * @param firstNotFinite the first of them
 */
public record Evaluation(
    String name,
    FileSize size,
    Optional<Scores> scores,
    List<MetricValue> metrics,
    List<ClassAccuracy> classes,
    int[] predicted,
    Optional<Timing> timing,
    long interpreterBytes,
    long weightBytes,
    int notFinite,
    Optional<String> firstNotFinite) {
  public Evaluation {
    metrics = List.copyOf(metrics);
    classes = List.copyOf(classes);
  }

  /** Peak memory of one interpreter and the weights, as the engine accounts for it. */
  public long memoryBytes() {
    return interpreterBytes + weightBytes;
  }

  /**
   * A metric by name.
   *
   * @throws NoSuchElementException naming those that there are
   */
  public MetricValue metric(String name) {
    return metrics.stream()
        .filter(metric -> metric.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new NoSuchElementException(
                    "no metric '"
                        + name
                        + "', only "
                        + metrics.stream().map(MetricValue::name).toList()));
  }
}

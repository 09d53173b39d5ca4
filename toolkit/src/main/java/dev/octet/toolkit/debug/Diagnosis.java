// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.debug;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * What a {@link Debugger} found.
 *
 * @param real the float model's name
 * @param quantized the other's
 * @param dataSet name of the data set
 * @param samples their number
 * @param layers in the quantized model's order of execution, inputs first
 * @param ranked the same layers, by {@link LayerError#harm}, the worst first
 * @param given how good the quantized model is
 * @param realAccuracy the float model's accuracy, empty without labels
 * @param findings of the first layers of the ranking, in its order
 * @param together the best change of each layer that gains by it, all of them; empty when these are
 *     fewer than two
 * @param remarks what the reader should know besides
 */
public record Diagnosis(
    String real,
    String quantized,
    String dataSet,
    int samples,
    List<LayerError> layers,
    List<LayerError> ranked,
    Effect given,
    OptionalDouble realAccuracy,
    List<Finding> findings,
    Optional<Trial> together,
    List<String> remarks) {
  public Diagnosis {
    layers = List.copyOf(layers);
    ranked = List.copyOf(ranked);
    findings = List.copyOf(findings);
    remarks = List.copyOf(remarks);
  }

  /** How severe the worst finding is. */
  public Finding.Severity severity() {
    return findings.stream()
        .map(Finding::severity)
        .min(java.util.Comparator.naturalOrder())
        .orElse(Finding.Severity.UNKNOWN);
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.edgetpu;

import java.util.List;

/**
 * What a model file says of the Edge TPU.
 *
 * @param failure why its compiled part cannot be read, or null
 * @param compiled number of operators that were compiled for the Edge TPU; 0 for a model that was
 *     not compiled
 * @param others number of operators that are left to the CPU
 * @param runtime the least runtime version that it needs
 * @param states true when the device writes recurrent states into inputs
 * @param cachedBytes of parameters that stay in the Edge TPU's memory
 * @param streamedBytes of parameters that are sent at every run
 * @param inputs of the compiled part, name, type and shape each
 * @param typeFaults tensors that have another type than the compiled part
 */
public record ModelFacts(
    String name,
    String failure,
    int compiled,
    int others,
    int runtime,
    boolean states,
    long cachedBytes,
    long streamedBytes,
    List<String> inputs,
    List<String> typeFaults) {
  public ModelFacts {
    inputs = List.copyOf(inputs);
    typeFaults = List.copyOf(typeFaults);
  }

  /** A file whose compiled part is damaged. */
  static ModelFacts damaged(String name, String failure) {
    return new ModelFacts(name, failure, 1, 0, 0, false, 0, 0, List.of(), List.of());
  }

  /** A file that was not compiled. */
  static ModelFacts plain(String name, int operators) {
    return new ModelFacts(name, null, 0, operators, 0, false, 0, 0, List.of(), List.of());
  }
}

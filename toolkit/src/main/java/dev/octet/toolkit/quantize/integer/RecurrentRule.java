// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.quantize.integer;

import dev.octet.toolkit.model.EditableOperator;
import dev.octet.toolkit.quantize.Compute;

/** What the table of operators cannot say: operators with states and intermediate results. */
interface RecurrentRule {
  /** Null when {@code op} can be quantized, else why not, in words. */
  String refusal(EditableOperator op, Compute compute, Ranges ranges);

  /**
   * Before scales are chosen: may join ranges that must be one (a state and an output).
   *
   * @param ranges those of the graph; {@link Ranges#put} replaces one
   */
  void prepare(EditableOperator op, Compute compute, Ranges ranges);

  /**
   * After activations have their types: quantizes the weights, states, biases and intermediate
   * results of {@code op}, whose activation inputs and outputs carry their final parameters.
   */
  void complete(EditableOperator op, Compute compute, Ranges ranges, Constants constants);
}

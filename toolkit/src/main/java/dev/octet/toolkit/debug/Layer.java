// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.debug;

import dev.octet.toolkit.model.EditableOperator;
import dev.octet.toolkit.model.EditableTensor;

/**
 * A real-valued output of an operator in both models; or an input of both, without operators.
 *
 * @param name for people, unlike all others
 * @param real the float model's operator, or null for an input
 * @param quantized the other model's, or null for an input
 * @param realOutput what the float model computes
 * @param quantizedOutput what the other does
 */
record Layer(
    String name,
    EditableOperator real,
    EditableOperator quantized,
    EditableTensor realOutput,
    EditableTensor quantizedOutput) {
  boolean input() {
    return real == null;
  }

  /** TensorFlow Lite's name of the operator, or INPUT. */
  String kind() {
    return input() ? "INPUT" : real.name();
  }

  /** Place of the output among the operator's. */
  int place() {
    return quantized.outputs().indexOf(quantizedOutput);
  }
}

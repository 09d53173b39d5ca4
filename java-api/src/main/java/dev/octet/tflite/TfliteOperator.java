// SPDX-License-Identifier: Apache-2.0
package dev.octet.tflite;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * One operator of a subgraph.
 *
 * @param index its number in the subgraph
 * @param code which operator
 * @param inputs tensor indices; -1 for an optional input that is absent
 * @param outputs tensor indices
 * @param intermediates tensor indices that carry quantization of internal values (LSTM); -1 for an
 *     absent one
 * @param mutatingVariableInputs which inputs are variables that it changes; empty for none
 * @param options always the table that {@link BuiltinOperator#options} names; all defaults when the
 *     file has none
 * @param customOptions a slice of the source, empty when there are none; of a custom operator
 *     usually a FlexBuffer
 */
public record TfliteOperator(
    int index,
    TfliteOperatorCode code,
    int[] inputs,
    int[] outputs,
    int[] intermediates,
    boolean[] mutatingVariableInputs,
    Table options,
    ByteBuffer customOptions) {
  public TfliteOperator {
    inputs = inputs.clone();
    outputs = outputs.clone();
    intermediates = intermediates.clone();
    mutatingVariableInputs = mutatingVariableInputs.clone();
  }

  /** TensorFlow Lite's name such as {@code CONV_2D}, or the custom name. */
  public String name() {
    return code.name();
  }

  /** {@code CUSTOM} for a custom operator. */
  public BuiltinOperator builtin() {
    return code.builtin();
  }

  public int version() {
    return code.version();
  }

  @Override
  public int[] inputs() {
    return inputs.clone();
  }

  @Override
  public int[] outputs() {
    return outputs.clone();
  }

  @Override
  public int[] intermediates() {
    return intermediates.clone();
  }

  @Override
  public boolean[] mutatingVariableInputs() {
    return mutatingVariableInputs.clone();
  }

  /** A new read-only, little-endian view at position 0. */
  @Override
  public ByteBuffer customOptions() {
    return customOptions.duplicate().order(ByteOrder.LITTLE_ENDIAN);
  }

  @Override
  public String toString() {
    return "operator "
        + index
        + " "
        + name()
        + " v"
        + version()
        + " "
        + Arrays.toString(inputs)
        + " -> "
        + Arrays.toString(outputs)
        + " "
        + options;
  }
}

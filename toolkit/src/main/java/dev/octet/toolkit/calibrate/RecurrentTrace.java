// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.calibrate;

import dev.octet.tflite.BuiltinOperator;
import dev.octet.toolkit.model.EditableOperator;
import dev.octet.toolkit.model.EditableTensor;
import java.util.List;
import java.util.function.IntFunction;

/**
 * A recurrent operator of a float model, run in plain Java beside the engine: an interpreter shows
 * what an operator reads and writes, but not its states at every step nor what it computes inside.
 *
 * <p>A trace keeps nothing from one run to the next and may be run by several threads. Values agree
 * with the engine's to a few units of the last place.
 */
public interface RecurrentTrace {
  /** Takes the values of a tensor, in any order. */
  @FunctionalInterface
  interface Values {
    void accept(int tensor, float[] values);
  }

  /**
   * LSTM (the full kernel), UNIDIRECTIONAL_SEQUENCE_LSTM, BIDIRECTIONAL_SEQUENCE_LSTM or SVDF with
   * FLOAT32 constants as weights.
   *
   * @return null for every other operator
   */
  static RecurrentTrace of(EditableOperator operator) {
    if (operator.is(BuiltinOperator.SVDF)) {
      return SvdfTrace.of(operator);
    }
    return operator.is(
            BuiltinOperator.LSTM,
            BuiltinOperator.UNIDIRECTIONAL_SEQUENCE_LSTM,
            BuiltinOperator.BIDIRECTIONAL_SEQUENCE_LSTM)
        ? LstmTrace.of(operator)
        : null;
  }

  /**
   * Under which number an operator's intermediate tensor is observed: its index in the file, or
   * where the file has none (TensorFlow's converter writes them only when it quantizes) {@code -(1
   * + 5 * operator + i)}.
   *
   * @param i 0 to 3 what the gates i, f, g, o hand to layer normalization; 4 {@code o *
   *     activation(c)}, what is projected
   */
  static int intermediate(EditableOperator operator, int i) {
    List<EditableTensor> tensors = operator.intermediates();
    return i < tensors.size() && tensors.get(i) != null
        ? tensors.get(i).sourceIndex()
        : -(1 + 5 * operator.sourceIndex() + i);
  }

  /**
   * Runs the operator once.
   *
   * @param inputs values of the input with this number: activations, and the states before the run
   *     (null for zeros); neither is changed
   * @param internals gets the states before the run and after every step under the variables'
   *     indices, and of an LSTM the values of {@link #intermediate}
   * @return values of the outputs, in order
   * @throws IllegalArgumentException when an input is not a whole number of steps
   */
  List<float[]> run(IntFunction<float[]> inputs, Values internals);
}

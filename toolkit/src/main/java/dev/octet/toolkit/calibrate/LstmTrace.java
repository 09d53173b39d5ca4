// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.calibrate;

import dev.octet.TensorType;
import dev.octet.tflite.Activation;
import dev.octet.tflite.BuiltinOperator;
import dev.octet.toolkit.model.EditableOperator;
import dev.octet.toolkit.model.EditableTensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A float LSTM, run in plain Java beside the engine, which shows what the operator reads and writes
 * but not its cell state at every step nor what it computes inside. Values agree with the engine's
 * to a few units of the last place. Keeps nothing from one run to the next.
 */
final class LstmTrace {
  private final EditableOperator operator;
  private final FloatLstmCell cell;
  private final boolean timeMajor;

  /**
   * What one run computed.
   *
   * @param y the output
   * @param h the state after the last step
   * @param c the cell state before the first step and after each
   * @param intermediates five: of the gates i, f, g, o what they hand to layer normalization (null
   *     where there is none or no such gate), and {@code o * activation(c)}
   */
  record Run(float[] y, float[] h, float[] c, float[][] intermediates) {}

  private LstmTrace(EditableOperator operator) {
    this.operator = operator;
    this.cell = new FloatLstmCell(operator);
    this.timeMajor = operator.is(BuiltinOperator.LSTM) || operator.options().bool("time_major");
  }

  /** Null for what is no LSTM of FLOAT32 constants with a state. */
  static LstmTrace of(EditableOperator operator) {
    if (!LstmInputs.of(operator)
        || activation(operator) == Activation.SIGN_BIT
        || operator.input(LstmInputs.H) == null
        || operator.input(LstmInputs.C) == null) {
      return null;
    }
    for (int i = 1; i < operator.inputs().size(); i++) {
      EditableTensor tensor = operator.input(i);
      boolean state = i == LstmInputs.H || i == LstmInputs.C;
      if (tensor != null
          && !state
          && (!tensor.constant() || tensor.sparse() || tensor.type() != TensorType.FLOAT32)) {
        return null;
      }
    }
    return new LstmTrace(operator);
  }

  private static Activation activation(EditableOperator operator) {
    return operator.options().enumeration("fused_activation_function", Activation.class);
  }

  /**
   * Runs the whole sequence.
   *
   * @param x the operator's first input
   * @param h0 the state before the run, not changed
   * @param c0 the cell state before the run, not changed
   * @throws IllegalArgumentException when x is not a whole number of steps
   */
  Run run(float[] x, float[] h0, float[] c0) {
    int batch = c0.length / cell.cells;
    if (batch == 0 || x.length % (batch * cell.inputs) != 0) {
      throw new IllegalArgumentException(
          operator + ": " + x.length + " inputs are no steps of " + batch + " x " + cell.inputs);
    }
    int steps = x.length / (batch * cell.inputs);
    float[] h = h0.clone();
    float[] c = c0.clone();
    float[] y = new float[steps * batch * cell.outputs];
    float[] cells = Arrays.copyOf(c, (1 + steps) * c.length);
    float[][] sums = new float[4][cell.cells];
    float[] hidden = new float[cell.cells];
    float[][] inside = new float[LstmInputs.HIDDEN + 1][];
    List<float[]> from = new ArrayList<>(Arrays.asList(sums));
    from.add(hidden);
    for (int i = 0; i < inside.length; i++) {
      boolean gate = cell.normalized() && (i > 0 || !cell.coupled());
      inside[i] = gate || i == LstmInputs.HIDDEN ? new float[steps * c.length] : null;
    }
    for (int t = 0, done = 0; t < steps; t++) {
      for (int b = 0; b < batch; b++, done += cell.cells) {
        int row = timeMajor ? t * batch + b : b * steps + t;
        cell.step(x, row * cell.inputs, h, c, b, sums, hidden);
        System.arraycopy(h, b * cell.outputs, y, row * cell.outputs, cell.outputs);
        for (int i = 0; i < inside.length; i++) {
          if (inside[i] != null) {
            System.arraycopy(from.get(i), 0, inside[i], done, cell.cells);
          }
        }
      }
      System.arraycopy(c, 0, cells, (1 + t) * c.length, c.length);
    }
    return new Run(y, h, cells, inside);
  }
}

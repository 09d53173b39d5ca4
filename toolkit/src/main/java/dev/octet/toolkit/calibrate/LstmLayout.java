// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.calibrate;

import dev.octet.toolkit.model.EditableOperator;
import dev.octet.toolkit.model.EditableTensor;

/**
 * Which inputs of an operator make one LSTM cell. Gates are in the order input, forget, cell
 * update, output; without the input gate's weights the cell is coupled (CIFG): {@code i = 1 - f}.
 *
 * @param x the sequence that it reads
 * @param input first of four weights [cells, inputs]
 * @param recurrent first of four weights [cells, outputs], or diagonals [cells]
 * @param peephole first of three weights [cells], of the gates i, f, o
 * @param bias first of four biases [cells]
 * @param projection the projection [outputs, cells]; its bias [outputs] follows
 * @param norm first of four scales [cells] of layer normalization, or -1
 * @param aux first of four weights [cells, aux inputs], or -1
 * @param state the variable h; the variable c follows
 */
public record LstmLayout(
    int x,
    int input,
    int recurrent,
    int peephole,
    int bias,
    int projection,
    int norm,
    int aux,
    int state) {
  /** The number of a gate within its group. */
  public static final int INPUT = 0;

  public static final int FORGET = 1;
  public static final int UPDATE = 2;
  public static final int OUTPUT = 3;

  /** The cell of LSTM and UNIDIRECTIONAL_SEQUENCE_LSTM. */
  public static final LstmLayout FULL = new LstmLayout(0, 1, 5, 9, 12, 16, 20, -1, 18);

  /** The auxiliary input of BIDIRECTIONAL_SEQUENCE_LSTM. */
  static final int AUX = 39;

  private static final int FORWARD_AUX = 40;
  private static final int BACKWARD_AUX = 44;

  static LstmLayout forward(EditableOperator operator) {
    return new LstmLayout(0, 1, 5, 9, 12, 16, -1, auxWeights(operator) ? FORWARD_AUX : -1, 35);
  }

  /** Without auxiliary weights the auxiliary input stands in the place of x. */
  static LstmLayout backward(EditableOperator operator) {
    boolean weights = auxWeights(operator);
    int x = operator.input(AUX) != null && !weights ? AUX : 0;
    return new LstmLayout(x, 18, 22, 26, 29, 33, -1, weights ? BACKWARD_AUX : -1, 37);
  }

  private static boolean auxWeights(EditableOperator operator) {
    return operator.input(FORWARD_AUX + FORGET) != null;
  }

  /** True without an input gate. */
  public boolean coupled(EditableOperator operator) {
    return operator.input(input) == null;
  }

  public boolean peepholes(EditableOperator operator) {
    return operator.input(peephole + 2) != null;
  }

  public boolean projects(EditableOperator operator) {
    return operator.input(projection) != null;
  }

  public boolean normalized(EditableOperator operator) {
    return norm >= 0 && operator.input(norm + FORGET) != null;
  }

  /** True when a gate's recurrent weights are [cells], one for each cell. */
  public boolean diagonal(EditableOperator operator) {
    for (int gate = coupled(operator) ? FORGET : INPUT; gate < 4; gate++) {
      EditableTensor w = operator.input(recurrent + gate);
      if (w == null || w.rank() != 2) {
        return true;
      }
    }
    return false;
  }

  public EditableTensor h(EditableOperator operator) {
    return operator.input(state);
  }

  public EditableTensor c(EditableOperator operator) {
    return operator.input(state + 1);
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.calibrate;

import dev.octet.tflite.BuiltinOperator;
import dev.octet.tflite.LstmKernel;
import dev.octet.toolkit.model.EditableOperator;
import dev.octet.toolkit.model.EditableTensor;
import java.util.List;

/**
 * The inputs of LSTM (its full kernel) and UNIDIRECTIONAL_SEQUENCE_LSTM by number. Gates are in the
 * order input, forget, cell update, output; without the input gate's weights the cell is coupled
 * (CIFG): {@code i = 1 - f}.
 */
public final class LstmInputs {
  /** The number of a gate within its group. */
  public static final int INPUT = 0;

  public static final int FORGET = 1;
  public static final int UPDATE = 2;
  public static final int OUTPUT = 3;

  /** The sequence [batch, steps, inputs] or [steps, batch, inputs], or a step [batch, inputs]. */
  public static final int X = 0;

  /** First of four weights [cells, inputs]. */
  public static final int WEIGHTS = 1;

  /** First of four weights [cells, outputs], or diagonals [cells]. */
  public static final int RECURRENT = 5;

  /** First of three weights [cells], of the gates i, f, o. */
  public static final int PEEPHOLE = 9;

  /** First of four biases [cells]. */
  public static final int BIAS = 12;

  /** The projection [outputs, cells]; its bias [outputs] follows. */
  public static final int PROJECTION = 16;

  /** The variable h [batch, outputs]. */
  public static final int H = 18;

  /** The variable c [batch, cells]. */
  public static final int C = 19;

  /** First of four scales [cells] of layer normalization. */
  public static final int NORM = 20;

  /**
   * The intermediate tensor of {@code o * activation(c)}, what is projected. Those before it are of
   * the gates i, f, g, o what they hand to layer normalization.
   */
  public static final int HIDDEN = 4;

  private LstmInputs() {}

  /** True for an operator that has these inputs. */
  public static boolean of(EditableOperator op) {
    int inputs = op.inputs().size();
    boolean step = op.is(BuiltinOperator.LSTM);
    return (step || op.is(BuiltinOperator.UNIDIRECTIONAL_SEQUENCE_LSTM))
        && (inputs == 20 || inputs == 24)
        && !(step && op.options().enumeration("kernel_type", LstmKernel.class) == LstmKernel.BASIC);
  }

  /** True without an input gate. */
  public static boolean coupled(EditableOperator op) {
    return op.input(WEIGHTS) == null;
  }

  public static boolean peepholes(EditableOperator op) {
    return op.input(PEEPHOLE + 2) != null;
  }

  public static boolean projects(EditableOperator op) {
    return op.input(PROJECTION) != null;
  }

  public static boolean normalized(EditableOperator op) {
    return op.input(NORM + FORGET) != null;
  }

  /** True when a gate's recurrent weights are [cells], one for each cell. */
  public static boolean diagonal(EditableOperator op) {
    for (int gate = coupled(op) ? FORGET : INPUT; gate < 4; gate++) {
      EditableTensor w = op.input(RECURRENT + gate);
      if (w == null || w.rank() != 2) {
        return true;
      }
    }
    return false;
  }

  /**
   * Under which index an operator's intermediate tensor is observed: its own in the file, or where
   * the file has none (TensorFlow's converter writes them only when it quantizes) {@code -(1 + 5 *
   * operator + i)}.
   *
   * @param i 0 to {@link #HIDDEN}
   */
  public static int intermediate(EditableOperator op, int i) {
    List<EditableTensor> tensors = op.intermediates();
    return i < tensors.size() && tensors.get(i) != null && tensors.get(i).sourceIndex() >= 0
        ? tensors.get(i).sourceIndex()
        : -(1 + 5 * op.sourceIndex() + i);
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.calibrate;

import static dev.octet.toolkit.calibrate.LstmInputs.FORGET;
import static dev.octet.toolkit.calibrate.LstmInputs.INPUT;
import static dev.octet.toolkit.calibrate.LstmInputs.OUTPUT;
import static dev.octet.toolkit.calibrate.LstmInputs.UPDATE;

import dev.octet.tflite.Activation;
import dev.octet.tflite.Table;
import dev.octet.toolkit.model.EditableOperator;
import dev.octet.toolkit.model.EditableTensor;

/**
 * One step of a float LSTM cell on one row:
 *
 * <pre>
 * z[gate] = W x + R h (+ peephole * c) + bias
 *           with layer normalization: normalize(z without the bias) * norm + bias
 * f = s(z[f])   i = s(z[i]), or 1 - f   g = activation(z[g])
 * c = clip(f * c + i * g)   o = s(z[o])   h = o * activation(c), or clip(P (o * activation(c)) + b)
 * </pre>
 *
 * s is the logistic function; the peephole of o sees the new c.
 */
final class FloatLstmCell {
  /** What TensorFlow Lite adds to a variance. */
  private static final float VARIANCE = 1e-8f;

  final int inputs;
  final int cells;
  final int outputs;
  private final boolean diagonal;
  private final int first;
  private final float[][] w = new float[4][];
  private final float[][] r = new float[4][];
  private final float[][] peephole = new float[4][];
  private final float[][] bias = new float[4][];
  private final float[][] norm = new float[4][];
  private final float[] projection;
  private final float[] projectionBias;
  private final Activation activation;
  private final float cellClip;
  private final float projectionClip;

  FloatLstmCell(EditableOperator op) {
    Table options = op.options();
    activation = options.enumeration("fused_activation_function", Activation.class);
    cellClip = options.float_("cell_clip");
    projectionClip = options.float_("proj_clip");
    first = LstmInputs.coupled(op) ? FORGET : INPUT;
    inputs = op.input(LstmInputs.WEIGHTS + OUTPUT).dim(1);
    cells = op.input(LstmInputs.WEIGHTS + OUTPUT).dim(0);
    EditableTensor last = op.input(LstmInputs.RECURRENT + OUTPUT);
    outputs = last.dim(last.rank() - 1);
    diagonal = last.rank() == 1;
    for (int gate = first; gate < 4; gate++) {
      w[gate] = op.input(LstmInputs.WEIGHTS + gate).floats();
      r[gate] = op.input(LstmInputs.RECURRENT + gate).floats();
      bias[gate] = op.input(LstmInputs.BIAS + gate).floats();
      if (LstmInputs.normalized(op)) {
        norm[gate] = op.input(LstmInputs.NORM + gate).floats();
      }
      if (LstmInputs.peepholes(op) && gate != UPDATE) {
        peephole[gate] = op.input(LstmInputs.PEEPHOLE + Math.min(gate, 2)).floats();
      }
    }
    projection = floats(op.input(LstmInputs.PROJECTION));
    projectionBias = floats(op.input(LstmInputs.PROJECTION + 1));
  }

  private static float[] floats(EditableTensor tensor) {
    return tensor == null ? null : tensor.floats();
  }

  boolean normalized() {
    return norm[OUTPUT] != null;
  }

  boolean coupled() {
    return first == FORGET;
  }

  /**
   * Runs one step of one row.
   *
   * @param h [rows, outputs], read and written at {@code row}
   * @param c [rows, cells], read and written at {@code row}
   * @param sums of each gate gets z, without the bias where normalization follows
   * @param hidden gets {@code o * activation(c)}
   */
  void step(float[] x, int xAt, float[] h, float[] c, int row, float[][] sums, float[] hidden) {
    int hAt = row * outputs;
    int cAt = row * cells;
    float[][] gates = new float[4][];
    for (int gate = first; gate < OUTPUT; gate++) {
      gates[gate] = gate(gate, x, xAt, h, hAt, c, cAt, sums[gate]);
    }
    for (int j = 0; j < cells; j++) {
      float f = gates[FORGET][j];
      float i = coupled() ? 1 - f : gates[INPUT][j];
      c[cAt + j] = clip(f * c[cAt + j] + i * gates[UPDATE][j], cellClip);
    }
    float[] o = gate(OUTPUT, x, xAt, h, hAt, c, cAt, sums[OUTPUT]);
    for (int j = 0; j < cells; j++) {
      hidden[j] = o[j] * squash(c[cAt + j]);
    }
    if (projection == null) {
      System.arraycopy(hidden, 0, h, hAt, outputs);
      return;
    }
    for (int j = 0; j < outputs; j++) {
      double sum = projectionBias == null ? 0 : projectionBias[j];
      sum += product(projection, j * cells, hidden, 0, cells);
      h[hAt + j] = clip((float) sum, projectionClip);
    }
  }

  private float[] gate(
      int gate, float[] x, int xAt, float[] h, int hAt, float[] c, int cAt, float[] sums) {
    for (int j = 0; j < cells; j++) {
      double sum = norm[gate] == null ? bias[gate][j] : 0;
      sum += product(w[gate], j * inputs, x, xAt, inputs);
      sum +=
          diagonal
              ? (double) r[gate][j] * h[hAt + j]
              : product(r[gate], j * outputs, h, hAt, outputs);
      sum += peephole[gate] == null ? 0 : (double) peephole[gate][j] * c[cAt + j];
      sums[j] = (float) sum;
    }
    float[] values = norm[gate] == null ? sums.clone() : normalized(sums, norm[gate], bias[gate]);
    for (int j = 0; j < cells; j++) {
      values[j] = gate == UPDATE ? squash(values[j]) : (float) (1 / (1 + Math.exp(-values[j])));
    }
    return values;
  }

  private static double product(float[] a, int aAt, float[] b, int bAt, int n) {
    double sum = 0;
    for (int k = 0; k < n; k++) {
      sum += (double) a[aAt + k] * b[bAt + k];
    }
    return sum;
  }

  private static float[] normalized(float[] sums, float[] scale, float[] bias) {
    int n = sums.length;
    double mean = 0;
    for (float v : sums) {
      mean += v;
    }
    mean /= n;
    double variance = 0;
    for (float v : sums) {
      variance += (v - mean) * (v - mean);
    }
    double factor = 1 / Math.sqrt(variance / n + VARIANCE);
    float[] values = new float[n];
    for (int j = 0; j < n; j++) {
      values[j] = (float) ((sums[j] - mean) * factor * scale[j] + bias[j]);
    }
    return values;
  }

  private float squash(float v) {
    return switch (activation) {
      case TANH -> (float) Math.tanh(v);
      case RELU -> Math.max(v, 0);
      case RELU6 -> Math.min(Math.max(v, 0), 6);
      case RELU_N1_TO_1 -> clip(v, 1);
      case NONE -> v;
      case SIGN_BIT -> throw new IllegalArgumentException("an LSTM of the activation SIGN_BIT");
    };
  }

  private static float clip(float v, float limit) {
    return limit == 0 ? v : Math.min(Math.max(v, -limit), limit);
  }
}

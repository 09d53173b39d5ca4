// SPDX-License-Identifier: Apache-2.0
package dev.octet.reference;

import dev.octet.TensorType;

/**
 * One step of an LSTM of one weights matrix over x and h side by side, gates i, g, f, o; float32,
 * or uint8 around 16-bit fixed point.
 */
final class LstmBasic implements ReferenceKernel {
  @Override
  public void run(Call call) {
    if (call.value("x").type() == TensorType.FLOAT32) {
      floats(call);
    } else {
      bytes(call);
    }
    if (call.i32("write_back") != 0) {
      call.value("h").setBytes(call.value("y").bytes());
      call.value("c").setBytes(call.value("c_new").bytes());
    }
  }

  private static void floats(Call call) {
    Weights weights = call.weights("weights");
    int inputs = weights.i32("inputs");
    int cells = weights.i32("cells");
    int k = inputs + cells;
    int batch = call.value("x").dim(0);
    float[] x = call.value("x").floats();
    float[] h = call.value("h").floats();
    float[] c = call.value("c").floats();
    float[] concat = new float[batch * k];
    double[] z = new double[batch * 4 * cells];
    double[] y = new double[batch * cells];
    double[] next = new double[batch * cells];
    for (int b = 0; b < batch; b++) {
      System.arraycopy(x, b * inputs, concat, b * k, inputs);
      System.arraycopy(h, b * cells, concat, b * k + inputs, cells);
      int first = b * 4 * cells;
      for (int j = 0; j < 4 * cells; j++) {
        z[first + j] =
            weights.floats(1)[j] + Products.dot(concat, b * k, weights.floats(0), j * k, k);
      }
      for (int j = 0; j < cells; j++) {
        int at = b * cells + j;
        double in = Unary.logistic(z[first + j]) * Math.tanh(z[first + cells + j]);
        next[at] = (float) (Unary.logistic(z[first + 2 * cells + j]) * c[at] + in);
        y[at] = Unary.logistic(z[first + 3 * cells + j]) * Math.tanh(next[at]);
      }
    }
    call.value("concat").set(concat);
    call.value("gates").set(z);
    call.value("c_new").set(next);
    call.value("y").set(y);
  }

  /** Gates have 3 bits before the point, c has 4. */
  private static void bytes(Call call) {
    Weights weights = call.weights("weights");
    int inputs = weights.i32("inputs");
    int cells = weights.i32("cells");
    int k = inputs + cells;
    int batch = call.value("x").dim(0);
    int[] x = call.value("x").ints();
    int[] h = call.value("h").ints();
    int[] c = call.value("c").ints();
    int[] concat = new int[batch * k];
    int[] z = new int[batch * 4 * cells];
    int[] y = new int[batch * cells];
    int[] next = new int[batch * cells];
    byte[] w = weights.bytes(0);
    for (int b = 0; b < batch; b++) {
      System.arraycopy(x, b * inputs, concat, b * k, inputs);
      System.arraycopy(h, b * cells, concat, b * k + inputs, cells);
      int first = b * 4 * cells;
      for (int j = 0; j < 4 * cells; j++) {
        int sum = weights.ints(1)[j];
        for (int l = 0; l < k; l++) {
          sum += (concat[b * k + l] - 128) * ((w[j * k + l] & 0xff) - weights.i32("w_zero"));
        }
        int scaled = Rounding.halfAway(sum, call.i32("multiplier"), call.i32("shift"));
        z[first + j] = Fixed16.saturate(scaled);
      }
      for (int j = 0; j < cells; j++) {
        int at = b * cells + j;
        int in = Fixed16.logistic(z[first + j]);
        int added = Fixed16.product(in, Fixed16.tanh(z[first + cells + j], 3));
        int kept = Fixed16.product(Fixed16.logistic(z[first + 2 * cells + j]), c[at]);
        next[at] = Fixed16.saturate(Rounding.shiftHalfAway(added, 4) + kept);
        int squashed = Fixed16.tanh(Fixed16.saturate(2L * next[at]), 3);
        int out = Fixed16.product(Fixed16.logistic(z[first + 3 * cells + j]), squashed);
        y[at] = 128 + Rounding.clamp(Rounding.shiftHalfAway(out, 8), -128, 127);
      }
    }
    call.value("concat").set(concat);
    call.value("gates").set(z);
    call.value("c_new").set(next);
    call.value("y").set(y);
  }
}

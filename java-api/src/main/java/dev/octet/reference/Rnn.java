// SPDX-License-Identifier: Apache-2.0
package dev.octet.reference;

/** h = activation(x W + aux A + h R + bias), step by step; y gets h. */
final class Rnn implements ReferenceKernel {
  @Override
  public void run(Call call) {
    Weights weights = call.weights("weights");
    int inputs = weights.i32("inputs");
    int auxInputs = weights.i32("aux_inputs");
    int units = weights.i32("units");
    RecurrentMatrix input = matrix(call, weights, 0, units, inputs);
    RecurrentMatrix aux = matrix(call, weights, 1, units, auxInputs);
    RecurrentMatrix recurrent = matrix(call, weights, 2, units, units);
    Operand x = call.value("x");
    Sequence sequence = Sequence.of(x, call.i32("time_major") != 0, call.i32("reverse") != 0);
    float[] numbers = x.floats();
    float[] others = call.has("aux") ? call.value("aux").floats() : null;
    float[] h = call.value("h").floats();
    float[] y = call.value("y").floats();
    int columns = call.value("y").dim(-1);
    Squash activation = Squash.of(call.i32("activation"));
    double[] z = new double[units];
    for (int i = 0; i < sequence.steps(); i++) {
      call.checkStopped();
      for (int b = 0; b < sequence.batch(); b++) {
        int row = sequence.row(sequence.time(i), b);
        for (int j = 0; j < units; j++) {
          z[j] = weights.floats(3)[j];
        }
        input.accumulate(numbers, row * inputs, z, 0);
        if (others != null) {
          aux.accumulate(others, row * auxInputs, z, 0);
        }
        recurrent.accumulate(h, b * units, z, 0);
        for (int j = 0; j < units; j++) {
          h[b * units + j] = (float) activation.of(z[j]);
          y[row * columns + call.i32("y_offset") + j] = h[b * units + j];
        }
      }
    }
    call.value("h").set(h);
    call.value("y").set(y);
  }

  private static RecurrentMatrix matrix(Call call, Weights weights, int part, int n, int k) {
    return weights.i32("hybrid") == 0
        ? RecurrentMatrix.of(weights, part, n, k)
        : RecurrentMatrix.of(
            weights, part, n, k, weights.floats(4), part, 0, call.i32("asymmetric") != 0);
  }
}

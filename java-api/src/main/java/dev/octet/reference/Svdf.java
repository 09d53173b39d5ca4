// SPDX-License-Identifier: Apache-2.0
package dev.octet.reference;

/**
 * One step of a low-rank filter over time: each filter's memory moves on by one place, the newest
 * is its feature of x, and y sums memories by weights of time.
 */
final class Svdf implements ReferenceKernel {
  private static final int INTEGER = 2;

  @Override
  public void run(Call call) {
    Weights weights = call.weights("weights");
    int units = weights.i32("units");
    int rank = weights.i32("rank");
    int memory = weights.i32("memory");
    int filters = units * rank;
    int batch = call.value("x").dim(0);
    for (int b = 0; b < batch && filters > 0; b++) {
      call.checkStopped();
      if (weights.i32("kind") == INTEGER) {
        integers(call, weights, b, units, rank * memory);
      } else {
        floats(call, weights, b, units, rank * memory);
      }
    }
  }

  private static void floats(Call call, Weights weights, int b, int units, int length) {
    int inputs = weights.i32("inputs");
    int memory = weights.i32("memory");
    int filters = units * length / memory;
    boolean asymmetric = call.i32("asymmetric") != 0;
    RecurrentMatrix matrix =
        weights.i32("kind") == 0
            ? RecurrentMatrix.of(weights, 0, filters, inputs)
            : RecurrentMatrix.of(weights, 0, filters, inputs, weights.floats(3), 0, 0, asymmetric);
    double[] features = new double[filters];
    matrix.accumulate(call.value("x").floats(), b * inputs, features, 0);
    Operand state = call.value("state");
    int first = b * filters * memory;
    for (int f = 0; f < filters; f++) {
      for (int m = 0; m + 1 < memory; m++) {
        state.set(first + f * memory + m, state.real(first + f * memory + m + 1));
      }
      state.set(first + f * memory + memory - 1, features[f]);
    }
    Squash activation = Squash.of(call.i32("activation"));
    float[] time = weights.floats(1);
    for (int u = 0; u < units; u++) {
      double sum = weights.empty(2) ? 0 : weights.floats(2)[u];
      for (int m = u * length; m < (u + 1) * length; m++) {
        sum += state.real(first + m) * time[m];
      }
      call.value("y").set(b * units + u, activation.of(sum));
    }
  }

  private static void integers(Call call, Weights weights, int b, int units, int length) {
    int inputs = weights.i32("inputs");
    int memory = weights.i32("memory");
    int filters = units * length / memory;
    Operand x = call.value("x");
    Operand state = call.value("state");
    byte[] w = weights.bytes(0);
    int first = b * filters * memory;
    for (int f = 0; f < filters; f++) {
      int sum = 0;
      for (int l = 0; l < inputs; l++) {
        sum += ((int) x.get(b * inputs + l) - weights.i32("x_zero")) * w[f * inputs + l];
      }
      int feature =
          Rounding.halfAway(sum, call.i32("feature_multiplier"), call.i32("feature_shift"));
      for (int m = 0; m + 1 < memory; m++) {
        state.set(first + f * memory + m, state.get(first + f * memory + m + 1));
      }
      state.set(first + f * memory + memory - 1, (long) Fixed16.saturate(feature));
    }
    for (int u = 0; u < units; u++) {
      int sum = weights.empty(2) ? 0 : weights.ints(2)[u];
      for (int m = u * length; m < (u + 1) * length; m++) {
        sum += (int) state.get(first + m) * weights.buffer(1).getShort(2 * m);
      }
      long v = Rounding.halfAway(sum, call.i32("y_multiplier"), call.i32("y_shift"));
      call.value("y").set(b * units + u, (long) Rounding.clamp(v + call.i32("y_zero"), -128, 127));
    }
  }
}

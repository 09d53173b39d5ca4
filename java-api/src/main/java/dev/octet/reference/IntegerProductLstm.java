// SPDX-License-Identifier: Apache-2.0
package dev.octet.reference;

/**
 * {@code lstm_i8_8}: one step of an LSTM whose products are int8 too, with gates f, g, o, layer
 * normalization and functions in float32, and a projection: TensorFlow Lite's rarer integer LSTM.
 */
final class IntegerProductLstm implements ReferenceKernel {
  private static final int GATES = 3;

  /** Numbers of a gate in the part of factors. */
  private static final int GATE_NUMBERS = 11;

  @Override
  public void run(Call call) {
    Weights weights = call.weights("weights");
    int inputs = weights.i32("inputs");
    int cells = weights.i32("cells");
    int outputs = weights.i32("outputs");
    int[] x = call.value("x").ints();
    int[] h = call.value("h").ints();
    int[] c = call.value("c").ints();
    for (int b = 0; b < call.value("x").dim(0) && cells > 0; b++) {
      call.checkStopped();
      int[] forget = gate(weights, 0, x, b * inputs, h, b * outputs);
      int[] g = gate(weights, 1, x, b * inputs, h, b * outputs);
      int clip = call.i32("cell_clip");
      for (int j = 0; j < cells; j++) {
        int at = b * cells + j;
        short kept = (short) Rounding.shiftHalfAway((long) forget[j] * c[at], 15);
        int in = Short.MAX_VALUE - forget[j];
        short added = (short) Rounding.shiftHalfAway((long) in * g[j], 15);
        int value = Fixed16.saturate(kept + added);
        c[at] = clip > 0 ? Rounding.clamp(value, -clip, clip) : value;
      }
      int[] m = gate(weights, 2, x, b * inputs, h, b * outputs);
      for (int j = 0; j < cells; j++) {
        int squashed = tanh(c[b * cells + j], 1.0f / (1 << 15));
        m[j] = (int) Rounding.shiftHalfAway((long) m[j] * squashed, 15);
      }
      project(call, weights, m, h, b * outputs);
    }
    call.value("h").set(h);
    call.value("c").set(c);
    call.value("y").set(h);
  }

  private static void project(Call call, Weights weights, int[] m, int[] h, int to) {
    int[] numbers = weights.ints(5);
    int limit = call.i32("projection_clip");
    byte[] w = weights.bytes(2);
    for (int i = 0; i < weights.i32("outputs"); i++) {
      long sum = weights.ints(3)[GATES * m.length + i];
      for (int j = 0; j < m.length; j++) {
        sum += m[j] * w[i * m.length + j];
      }
      int factor = GATES * GATE_NUMBERS;
      long scaled = Rounding.wide(sum, numbers[factor], numbers[factor + 1]);
      int q = Rounding.clamp(scaled + weights.i32("h_zero"), -128, 127);
      h[to + i] = limit > 0 ? Rounding.clamp(q, -limit, limit) : q;
    }
  }

  /** The squashed gate of one row. */
  private static int[] gate(Weights weights, int gate, int[] x, int xAt, int[] h, int hAt) {
    int[] numbers = weights.ints(5);
    int from = gate * GATE_NUMBERS;
    int cells = weights.i32("cells");
    int[] z = new int[cells];
    for (int j = 0; j < cells; j++) {
      int row = gate * cells + j;
      int a =
          product(
              x,
              xAt,
              weights.i32("x_zero"),
              weights.bytes(0),
              row * weights.i32("inputs"),
              weights.i32("inputs"),
              numbers,
              from,
              numbers[from + 8]);
      int b =
          product(
              h,
              hAt,
              weights.i32("h_zero"),
              weights.bytes(1),
              row * weights.i32("outputs"),
              weights.i32("outputs"),
              numbers,
              from + 2,
              numbers[from + 9]);
      long sum = Rounding.halfAway(a, numbers[from + 4], numbers[from + 5]);
      sum += Rounding.halfAway(b, numbers[from + 6], numbers[from + 7]);
      z[j] = Fixed16.saturate(sum);
    }
    normalize(weights, gate, Float.intBitsToFloat(numbers[from + 10]), z);
    for (int j = 0; j < cells; j++) {
      z[j] = gate == 1 ? tanh(z[j], 1.0f / (1 << 12)) : logistic(z[j]);
    }
    return z;
  }

  /** clamp8(r(sum of (x - zero) * w) + y_zero) - y_zero. */
  private static int product(
      int[] x, int xAt, int zero, byte[] w, int wAt, int k, int[] numbers, int factor, int yZero) {
    int sum = 0;
    for (int l = 0; l < k; l++) {
      sum += (x[xAt + l] - zero) * w[wAt + l];
    }
    long scaled = Rounding.halfAway(sum, numbers[factor], numbers[factor + 1]);
    return Rounding.clamp(scaled + yZero, -128, 127) - yZero;
  }

  /** In float32 and in this order, so that every number is rounded as TensorFlow Lite rounds it. */
  private static void normalize(Weights weights, int gate, float scale, int[] z) {
    float sum = 0;
    float squares = 0;
    for (int v : z) {
      sum += v;
      squares += (float) v * v;
    }
    float mean = sum / z.length;
    float variance = squares / z.length - mean * mean;
    float root = (float) Math.sqrt(variance == 0 ? 1e-8f : variance);
    float factor = 1 / root;
    float biasScale = 0.0009765625f * scale; // 2^-10
    for (int j = 0; j < z.length; j++) {
      float normal = (z[j] - mean) * factor;
      float weight = weights.buffer(4).getShort(2 * (gate * z.length + j));
      float v = normal * weight * scale + weights.ints(3)[gate * z.length + j] * biasScale;
      double q = Rounding.halfAway((double) (v * 4096));
      // a variance below 0, by rounding, makes no number: the least, as x86 converts it
      z[j] = q >= Short.MIN_VALUE ? (int) Math.min(Short.MAX_VALUE, q) : Short.MIN_VALUE;
    }
  }

  private static int fraction(float v) {
    return Fixed16.saturate((long) (v * (1 << 15)));
  }

  private static int logistic(int v) {
    float exponent = -(v * (1.0f / (1 << 12)));
    return fraction(1 / (1 + (float) Math.exp(exponent)));
  }

  private static int tanh(int v, float unit) {
    return fraction((float) Math.tanh(v * unit));
  }
}

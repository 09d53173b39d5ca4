// SPDX-License-Identifier: Apache-2.0
package dev.octet.reference;

/**
 * {@code lstm_i8}: all steps of an LSTM of int8 activations and weights with an int16 cell and
 * int16 gates, in TensorFlow Lite's integers, its slips included.
 */
final class IntegerLstm implements ReferenceKernel {
  private static final int PEEPHOLE = 1;
  private static final int NORM = 2;
  private static final int PROJECTION = 4;

  /** Numbers of a gate in the part of factors. */
  private static final int GATE_NUMBERS = 9;

  @Override
  public void run(Call call) {
    Network network = new Network(call);
    for (int t = 0; t < network.sequence.steps(); t++) {
      call.checkStopped();
      network.step(t);
    }
    call.value("h").set(network.h);
    call.value("c").set(network.c);
    call.value("y").set(network.y);
  }

  /** One run: weights, states and the gates of the step in progress. */
  private static final class Network {
    final Sequence sequence;
    final int[] h;
    final int[] c;
    final int[] y;
    private final Call call;
    private final Weights weights;
    private final int[] x;
    private final int gates;
    private final int inputs;
    private final int cells;
    private final int outputs;
    private final int sections;
    private final int[] factors;

    /** Of the step, [batch][gate][cell]. */
    private final int[] z;

    Network(Call call) {
      this.call = call;
      this.weights = call.weights("weights");
      this.sequence = Sequence.of(call.value("x"), call.i32("time_major") != 0, false);
      this.x = call.value("x").ints();
      this.h = call.value("h").ints();
      this.c = call.value("c").ints();
      this.y = call.value("y").ints();
      this.gates = weights.i32("gates");
      this.inputs = weights.i32("inputs");
      this.cells = weights.i32("cells");
      this.outputs = weights.i32("outputs");
      this.sections = weights.i32("sections");
      this.factors = weights.ints(5);
      this.z = new int[sequence.batch() * gates * cells];
    }

    private boolean has(int section) {
      return (sections & section) != 0;
    }

    private int scaled(int number, int factor) {
      return Rounding.halfAway(number, factors[factor], factors[factor + 1]);
    }

    private int dot(int[] from, int at, int zero, int part, int row, int k) {
      byte[] w = weights.bytes(part);
      int sum = 0;
      for (int l = 0; l < k; l++) {
        sum += (from[at + l] - zero) * w[row * k + l];
      }
      return sum;
    }

    void step(int t) {
      for (int b = 0; b < sequence.batch(); b++) {
        for (int row = 0; row < gates * cells; row++) {
          int factor = row / cells * GATE_NUMBERS;
          int in = dot(x, sequence.row(t, b) * inputs, weights.i32("x_zero"), 0, row, inputs);
          in += has(NORM) ? 0 : weights.ints(3)[row];
          int again = dot(h, b * outputs, weights.i32("h_zero"), 1, row, outputs);
          int sum = Fixed16.saturate(scaled(in, factor));
          z[b * gates * cells + row] = Fixed16.saturate((long) sum + scaled(again, factor + 2));
        }
      }
      int full = gates - 3;
      for (int gate = 0; gate < gates - 1; gate++) {
        if (has(PEEPHOLE) && gate <= full) {
          addPeepholes(gate, gate);
        }
        squash(gate, gate == 1 + full);
      }
      for (int b = 0; b < sequence.batch(); b++) {
        for (int j = 0; j < cells; j++) {
          update(b, j, full);
        }
      }
      if (has(PEEPHOLE)) {
        addPeepholes(gates - 1, 1 + full);
      }
      squash(gates - 1, false);
      for (int b = 0; b < sequence.batch(); b++) {
        output(b);
        System.arraycopy(h, b * outputs, y, sequence.row(t, b) * outputs, outputs);
      }
    }

    private void update(int b, int j, int full) {
      int at = b * gates * cells + j;
      int forget = z[at + full * cells];
      int in = full == 1 ? z[at] : Short.MAX_VALUE - forget;
      long kept = Rounding.shiftHalfAway((long) forget * c[b * cells + j], 15);
      int right = 15 + call.i32("cell_bits");
      long added = Rounding.shiftHalfAway((long) in * z[at + (full + 1) * cells], right);
      int clip = call.i32("cell_clip");
      int value = Fixed16.saturate((short) kept + (short) added);
      c[b * cells + j] = clip > 0 ? Rounding.clamp(value, -clip, clip) : value;
    }

    /**
     * z = saturate(z + r(peephole * c)). With a projection it reaches only {@code outputs} places a
     * row, which lie behind one another from the first cell on: of all rows, or, batch-major, of
     * each.
     */
    private void addPeepholes(int gate, int peephole) {
      boolean together = sequence.timeMajor();
      for (int b = 0; b < (together ? 1 : sequence.batch()); b++) {
        for (int i = 0; i < (together ? sequence.batch() : 1) * outputs; i++) {
          int place = b * cells + i;
          int w = weights.buffer(4).getShort(2 * (peephole * cells + i % outputs));
          int at = (place / cells * gates + gate) * cells + place % cells;
          z[at] = Fixed16.saturate((long) z[at] + scaled(w * c[place], gate * GATE_NUMBERS + 4));
        }
      }
    }

    private void squash(int gate, boolean tanh) {
      for (int b = 0; b < sequence.batch(); b++) {
        int from = (b * gates + gate) * cells;
        if (has(NORM) && cells > 0) {
          normalize(gate, from);
        }
        for (int j = from; j < from + cells; j++) {
          z[j] = tanh ? Fixed16.tanh(z[j], 3) : Fixed16.logistic(z[j]);
        }
      }
    }

    /** Ten more bits for the mean; products wrap as in TensorFlow Lite's binary. */
    private void normalize(int gate, int from) {
      long sum = 0;
      long squares = 0;
      for (int j = from; j < from + cells; j++) {
        sum += z[j];
        squares += (long) z[j] * z[j];
      }
      int mean = (int) (sum * 1024 / cells);
      long variance = squares * ((1 << 20) / cells) - (long) mean * mean;
      int whole = (int) (variance / (1 << 20));
      int numbers = gate * GATE_NUMBERS;
      InverseRoot root = InverseRoot.of(whole < 1 ? factors[numbers + 8] : whole);
      int before = has(PEEPHOLE) ? (gates - 1) * cells : 0;
      for (int j = 0; j < cells; j++) {
        int scaled = Rounding.halfAway(1024 * z[from + j] - mean, root.multiplier(), root.shift());
        int scale = weights.buffer(4).getShort(2 * (before + gate * cells + j));
        int v = (int) ((long) scaled * scale + weights.ints(3)[gate * cells + j]);
        int rounded = (int) (((long) v + (v > 0 ? 512 : -512)) / 1024);
        z[from + j] = Fixed16.saturate(scaled(rounded, numbers + 6));
      }
    }

    private void output(int b) {
      int numbers = gates * GATE_NUMBERS;
      int zero = weights.i32("hidden_zero");
      int[] hidden = new int[cells];
      for (int j = 0; j < cells; j++) {
        int squashed = Fixed16.tanh(c[b * cells + j], call.i32("cell_bits"));
        int product = z[(b * gates + gates - 1) * cells + j] * squashed;
        long m = (long) scaled(product, numbers) + (has(PROJECTION) ? -zero : zero);
        hidden[j] = Rounding.clamp(m, -128, 127);
      }
      if (!has(PROJECTION)) {
        System.arraycopy(hidden, 0, h, b * cells, cells);
        return;
      }
      int limit = call.i32("projection_clip");
      for (int j = 0; j < outputs; j++) {
        int sum = weights.ints(3)[gates * cells + j] + dot(hidden, 0, -zero, 2, j, cells);
        long v = (long) scaled(sum, numbers + 2) + weights.i32("h_zero");
        int q = Rounding.clamp(v, -128, 127);
        h[b * outputs + j] = limit > 0 ? Rounding.clamp(q, -limit, limit) : q;
      }
    }
  }
}

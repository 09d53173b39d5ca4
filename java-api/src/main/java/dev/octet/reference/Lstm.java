// SPDX-License-Identifier: Apache-2.0
package dev.octet.reference;

import java.util.Arrays;

/**
 * All steps of an LSTM of floats, weights float32 or int8: gates i, f, g, o (without i it is 1 -
 * f), optional peepholes, layer normalization, diagonal recurrent weights and projection.
 */
final class Lstm implements ReferenceKernel {
  private static final int PEEPHOLE = 1;
  private static final int NORM = 2;
  private static final int DIAGONAL = 4;
  private static final int PROJECTION = 8;
  private static final int PROJECTION_BIAS = 16;

  @Override
  public void run(Call call) {
    Cell cell = new Cell(call);
    Operand x = call.value("x");
    Sequence sequence = Sequence.of(x, call.i32("time_major") != 0, call.i32("reverse") != 0);
    float[] numbers = x.floats();
    float[] others = call.has("aux") ? call.value("aux").floats() : null;
    float[] h = call.value("h").floats();
    float[] c = call.value("c").floats();
    float[] y = call.has("y") ? call.value("y").floats() : null;
    int columns = y == null ? 0 : call.value("y").dim(-1);
    for (int i = 0; i < sequence.steps(); i++) {
      call.checkStopped();
      for (int b = 0; b < sequence.batch(); b++) {
        int row = sequence.row(sequence.time(i), b);
        cell.step(numbers, others, row, h, c, b);
        if (y != null) {
          int to = row * columns + call.i32("y_offset");
          System.arraycopy(h, b * cell.outputs, y, to, cell.outputs);
        }
      }
    }
    call.value("h").set(h);
    call.value("c").set(c);
    if (y != null) {
      call.value("y").set(y);
    }
  }

  /** Weights and how they are used. */
  private static final class Cell {
    final int outputs;
    private final int gates;
    private final int inputs;
    private final int auxInputs;
    private final int cells;
    private final RecurrentMatrix input;
    private final RecurrentMatrix aux;
    private final RecurrentMatrix recurrent;
    private final RecurrentMatrix projection;
    private final float[] bias;
    private final float[] peephole;
    private final float[] norm;
    private final float[] diagonal;
    private final float[] projectionBias;
    private final Squash activation;
    private final float cellClip;
    private final float projectionClip;

    /** Where the next vector is in the part of floats. */
    private int at;

    Cell(Call call) {
      Weights weights = call.weights("weights");
      gates = weights.i32("gates");
      inputs = weights.i32("inputs");
      auxInputs = weights.i32("aux_inputs");
      cells = weights.i32("cells");
      outputs = weights.i32("outputs");
      int rows = gates * cells;
      int sections = weights.i32("sections");
      input = matrix(call, weights, 0, rows, inputs, 0);
      aux = matrix(call, weights, 1, rows, auxInputs, rows);
      recurrent = matrix(call, weights, 2, rows, outputs, 2 * rows);
      boolean projects = (sections & PROJECTION) != 0;
      projection = projects ? matrix(call, weights, 3, outputs, cells, 3 * rows) : null;
      bias = take(weights, rows);
      peephole = (sections & PEEPHOLE) != 0 ? take(weights, rows - cells) : null;
      norm = (sections & NORM) != 0 ? take(weights, rows) : null;
      diagonal = (sections & DIAGONAL) != 0 ? take(weights, rows) : null;
      boolean biased = (sections & PROJECTION_BIAS) != 0;
      projectionBias = biased ? take(weights, outputs) : new float[outputs];
      activation = Squash.of(call.i32("activation"));
      cellClip = call.f32("cell_clip");
      projectionClip = call.f32("projection_clip");
    }

    private float[] take(Weights weights, int count) {
      at += count;
      return Arrays.copyOfRange(weights.floats(4), at - count, at);
    }

    private static RecurrentMatrix matrix(
        Call call, Weights weights, int part, int n, int k, int scales) {
      return weights.i32("hybrid") == 0
          ? RecurrentMatrix.of(weights, part, n, k)
          : RecurrentMatrix.of(
              weights, part, n, k, weights.floats(5), scales, 1, call.i32("asymmetric") != 0);
    }

    /** One step of row b of h and c, from a row of x and aux. */
    void step(float[] x, float[] others, int row, float[] h, float[] c, int b) {
      double[] z = new double[gates * cells];
      for (int j = 0; j < z.length; j++) {
        z[j] = norm == null ? bias[j] : 0;
      }
      input.accumulate(x, row * inputs, z, 0);
      if (others != null) {
        aux.accumulate(others, row * auxInputs, z, 0);
      }
      if (!recurrent.empty()) {
        recurrent.accumulate(h, b * outputs, z, 0);
      }
      for (int j = 0; diagonal != null && j < z.length; j++) {
        z[j] += (double) diagonal[j] * h[b * outputs + j % cells];
      }
      int full = gates - 3;
      int first = b * cells;
      for (int gate = 0; peephole != null && gate < 1 + full; gate++) {
        addPeephole(z, gate, gate, c, first);
      }
      for (int gate = 0; norm != null && gate + 1 < gates; gate++) {
        normalize(z, gate);
      }
      for (int j = 0; j < cells; j++) {
        double forget = Unary.logistic(z[full * cells + j]);
        double in = full == 1 ? Unary.logistic(z[j]) : 1 - forget;
        double value = forget * c[first + j] + in * activation.of(z[(full + 1) * cells + j]);
        c[first + j] =
            (float) (cellClip > 0 ? Math.max(-cellClip, Math.min(cellClip, value)) : value);
      }
      if (peephole != null) {
        addPeephole(z, gates - 1, full + 1, c, first);
      }
      if (norm != null) {
        normalize(z, gates - 1);
      }
      float[] hidden = new float[cells];
      for (int j = 0; j < cells; j++) {
        double output = Unary.logistic(z[(gates - 1) * cells + j]);
        hidden[j] = (float) (output * activation.of(c[first + j]));
      }
      if (projection == null) {
        System.arraycopy(hidden, 0, h, first, cells);
      } else {
        project(hidden, h, b * outputs);
      }
    }

    private void addPeephole(double[] z, int gate, int which, float[] c, int first) {
      for (int j = 0; j < cells; j++) {
        z[gate * cells + j] += (double) peephole[which * cells + j] * c[first + j];
      }
    }

    /** z = (z - mean) / sqrt(variance + 1e-8) * norm + bias of one gate. */
    private void normalize(double[] z, int gate) {
      int from = gate * cells;
      double mean = Arrays.stream(z, from, from + cells).sum() / cells;
      double variance =
          Arrays.stream(z, from, from + cells).map(v -> (v - mean) * (v - mean)).sum() / cells;
      for (int j = from; j < from + cells; j++) {
        z[j] = (z[j] - mean) / Math.sqrt(variance + 1e-8f) * norm[j] + bias[j];
      }
    }

    private void project(float[] hidden, float[] h, int to) {
      double[] sums = new double[outputs];
      for (int j = 0; j < outputs; j++) {
        sums[j] = projectionBias[j];
      }
      projection.accumulate(hidden, 0, sums, 0);
      for (int j = 0; j < outputs; j++) {
        double limit = projectionClip == 0 ? Double.POSITIVE_INFINITY : projectionClip;
        h[to + j] = (float) Math.max(-limit, Math.min(limit, sums[j]));
      }
    }
  }
}

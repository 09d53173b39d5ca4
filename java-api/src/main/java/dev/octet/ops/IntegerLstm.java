// SPDX-License-Identifier: Apache-2.0
package dev.octet.ops;

import dev.octet.graph.NodeContext;
import dev.octet.graph.Value;
import dev.octet.program.Emitter;
import dev.octet.program.Kernels;
import dev.octet.program.WeightsBuilder;
import java.nio.ByteBuffer;

/**
 * An LSTM cell of int8 activations and an int16 cell of a power of two as its scale, one
 * instruction of the {@code lstm_i8} kernel. The operator's five intermediate tensors quantize what
 * normalization reads (0 to 3) and {@code o * tanh(c)} (4); without normalization gates are Q3.12.
 */
record IntegerLstm(float cellClip, float projectionClip, int[] intermediates) {
  private static final int PEEPHOLE = 1;
  private static final int NORM = 2;
  private static final int PROJECTION = 4;

  void check(NodeContext node, LstmCell cell) {
    node.require(cellClip >= 0 && projectionClip >= 0, null, "clip is negative");
    node.require(
        intermediates.length == 5,
        null,
        "has " + intermediates.length + " intermediate tensors, not 5");
    for (int i = cell.normalized(node) ? 0 : 4; i < 5; i++) {
      node.perTensor(intermediate(node, i));
    }
    Value x = node.input(cell.x());
    Value y = node.output(0);
    for (Value value : new Value[] {x, y, cell.h(node), cell.c(node)}) {
      node.perTensor(value);
    }
    for (Value value : new Value[] {x, cell.h(node), intermediate(node, 4)}) {
      int zero = value.quantization().zeroPoint();
      node.require(zero >= -128 && zero <= 127, value, "zero point is no int8");
    }
    for (int gate = cell.first(node); cell.normalized(node) && gate < 4; gate++) {
      node.perTensor(node.input(cell.norm() + gate));
    }
    int bits = 15 + cellLog(node, cell);
    node.require(bits >= 0 && bits <= 6, cell.c(node), "scale is not of 2^-15 to 2^-9");
  }

  /** Shapes that this form alone does not take. */
  void checkShapes(NodeContext node, LstmCell cell) {
    node.require(!cell.anyDiagonal(node), null, "diagonal recurrent weights with int8 activations");
    node.require(
        !cell.peepholes(node) || cell.outputs(node) <= cell.cells(node),
        null,
        "has peepholes and more outputs than cells, which TensorFlow Lite reads out of bounds");
  }

  private Value intermediate(NodeContext node, int i) {
    int id = intermediates[i];
    node.require(
        id >= 0 && id < node.graph().values().size(), null, "intermediate " + i + " is absent");
    return node.graph().value(id);
  }

  /** The binary logarithm of the cell's scale, which must be a power of two. */
  private static int cellLog(NodeContext node, LstmCell cell) {
    Value c = cell.c(node);
    double log = StrictMath.log(c.quantization().scale()) / StrictMath.log(2);
    node.require(Math.abs(log - Math.rint(log)) < 1e-3, c, "scale is no power of two");
    return (int) Math.rint(log);
  }

  void emit(NodeContext node, Emitter emitter, LstmCell cell, boolean timeMajor) {
    int weights =
        emitter.weights(
            String.valueOf(node.node().index()), Kernels.LSTM_I8, entry -> pack(node, cell, entry));
    emitter
        .instruction(Kernels.LSTM_I8)
        .in("x", node.input(cell.x()))
        .weights("weights", weights)
        .out("h", cell.h(node))
        .out("c", cell.c(node))
        .out("y", node.output(0))
        .i32("time_major", timeMajor ? 1 : 0)
        .i32("cell_bits", 15 + cellLog(node, cell))
        .i32("cell_clip", clip(cellClip, cell.c(node), 32767))
        .i32("projection_clip", clip(projectionClip, node.output(0), 127))
        .emit();
  }

  private static int clip(float clip, Value value, int greatest) {
    return clip > 0 ? (int) Math.min(clip / value.quantization().scale(), (float) greatest) : 0;
  }

  private void pack(NodeContext node, LstmCell cell, WeightsBuilder entry) {
    int first = cell.first(node);
    int gates = cell.gates(node);
    int outputs = cell.outputs(node);
    boolean projects = cell.projects(node);
    ByteBuffer projectionBias =
        !projects
            ? LstmCell.nothing()
            : node.has(cell.projection() + 1)
                ? node.input(cell.projection() + 1).contents()
                : ByteBuffer.allocate(4 * outputs);
    entry
        .i32("gates", gates)
        .i32("inputs", node.input(cell.input() + LstmCell.OUTPUT).dim(1))
        .i32("cells", cell.cells(node))
        .i32("outputs", outputs)
        .i32(
            "sections",
            (cell.peepholes(node) ? PEEPHOLE : 0)
                | (cell.normalized(node) ? NORM : 0)
                | (projects ? PROJECTION : 0))
        .i32("x_zero", node.input(cell.x()).quantization().zeroPoint())
        .i32("h_zero", cell.h(node).quantization().zeroPoint())
        .i32("hidden_zero", intermediate(node, 4).quantization().zeroPoint())
        .part(cell.gates(node, cell.input() + first, gates))
        .part(cell.gates(node, cell.recurrent() + first, gates))
        .part(projects ? node.input(cell.projection()).contents() : LstmCell.nothing())
        .part(LstmCell.join(cell.gates(node, cell.bias() + first, gates), projectionBias))
        .part(
            LstmCell.join(
                cell.peepholes(node)
                    ? cell.gates(node, cell.peephole() + first, 3 - first)
                    : LstmCell.nothing(),
                cell.normalized(node)
                    ? cell.gates(node, cell.norm() + first, gates)
                    : LstmCell.nothing()))
        .part(factors(node, cell));
  }

  /** In TensorFlow Lite's float32 and double steps. */
  private int[] factors(NodeContext node, LstmCell cell) {
    boolean normalized = cell.normalized(node);
    float xScale = node.input(cell.x()).quantization().scale();
    float hScale = cell.h(node).quantization().scale();
    double cScale = Math.scalb(1.0, cellLog(node, cell));
    int first = cell.first(node);
    int[] factors = new int[9 * cell.gates(node) + 4];
    int at = 0;
    for (int gate = first; gate < 4; gate++) {
      float gateScale = normalized ? intermediate(node, gate).quantization().scale() : 1f / 4096;
      at = put(factors, at, scale(node, cell.input() + gate) * xScale / gateScale);
      at = put(factors, at, scale(node, cell.recurrent() + gate) * hScale / gateScale);
      int peephole = gate == LstmCell.UPDATE ? -1 : gate == LstmCell.OUTPUT ? 2 : gate;
      boolean peeps = cell.peepholes(node) && peephole >= 0;
      double peepScale = peeps ? scale(node, cell.peephole() + peephole) : 1;
      at = put(factors, at, peeps ? (float) (cScale * peepScale / gateScale) : 1f);
      float normScale = normalized ? scale(node, cell.norm() + gate) : 1f;
      at = put(factors, at, normScale);
      factors[at - 1] += normalized ? 12 : 0;
      node.require(factors[at - 1] <= 30, null, "a scale of layer normalization is too large");
      factors[at++] = Math.max(1, (int) (10000 * normScale));
    }
    float hiddenScale = intermediate(node, 4).quantization().scale();
    at = put(factors, at, (float) (Math.scalb(1.0, -15) / hiddenScale * Math.scalb(1.0, -15)));
    float projection = cell.projects(node) ? scale(node, cell.projection()) : 1f;
    put(factors, at, projection * hiddenScale / hScale);
    return factors;
  }

  private static int put(int[] factors, int at, float factor) {
    Multipliers multiplier = Multipliers.of((double) factor);
    factors[at] = multiplier.multiplier()[0];
    factors[at + 1] = multiplier.shift()[0];
    return at + 2;
  }

  private static float scale(NodeContext node, int input) {
    return node.input(input).quantization().scale();
  }
}

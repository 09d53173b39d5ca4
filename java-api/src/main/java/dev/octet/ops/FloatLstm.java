// SPDX-License-Identifier: Apache-2.0
package dev.octet.ops;

import dev.octet.TensorType;
import dev.octet.graph.NodeContext;
import dev.octet.graph.Value;
import dev.octet.program.Emitter;
import dev.octet.program.InstructionBuilder;
import dev.octet.program.Kernels;
import dev.octet.program.WeightsBuilder;
import dev.octet.tflite.Activation;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * An LSTM cell of float32 activations over a sequence, one instruction of the {@code lstm} kernel;
 * its weights are float32, or int8 (in old files under the name of uint8) of one scale each.
 */
record FloatLstm(Activation activation, float cellClip, float projectionClip, boolean asymmetric) {
  private static final int PEEPHOLE = 1;
  private static final int NORM = 2;
  private static final int DIAGONAL = 4;
  private static final int PROJECTION = 8;
  private static final int PROJECTION_BIAS = 16;

  void check(NodeContext node) {
    node.require(cellClip >= 0 && projectionClip >= 0, null, "clip is negative");
  }

  /**
   * The values of a sequence.
   *
   * @param aux the auxiliary input, or null
   * @param h read and written, as c is
   * @param y the h of every step; null where only the last matters
   * @param offset of h in the last dimension of y
   */
  record Ends(Value x, Value aux, Value h, Value c, Value y, int offset) {
    static Ends of(NodeContext node, LstmCell cell) {
      return new Ends(node.input(0), null, cell.h(node), cell.c(node), node.output(0), 0);
    }
  }

  /**
   * Appends the instruction.
   *
   * @param role tells this cell's weights from another's of the operator
   */
  void emit(
      NodeContext node,
      Emitter emitter,
      LstmCell cell,
      String role,
      Ends ends,
      boolean timeMajor,
      boolean reverse) {
    Value aux = ends.aux();
    Value y = ends.y();
    int weights =
        emitter.weights(
            node.node().index() + role,
            Kernels.LSTM,
            entry -> pack(node, cell, aux == null ? 0 : aux.dim(aux.rank() - 1), entry));
    InstructionBuilder instruction =
        emitter
            .instruction(Kernels.LSTM)
            .in("x", ends.x())
            .in("aux", aux)
            .weights("weights", weights)
            .out("h", ends.h())
            .out("c", ends.c());
    (y == null ? instruction.in("y", y) : instruction.out("y", y))
        .i32("y_offset", ends.offset())
        .i32("time_major", timeMajor ? 1 : 0)
        .i32("reverse", reverse ? 1 : 0)
        .i32("asymmetric", asymmetric ? 1 : 0)
        .i32("activation", activation.ordinal())
        .f32("cell_clip", cellClip)
        .f32("projection_clip", projectionClip)
        .emit();
  }

  private static boolean hybrid(NodeContext node, LstmCell cell) {
    return node.input(cell.input() + LstmCell.OUTPUT).type() != TensorType.FLOAT32;
  }

  private static void pack(NodeContext node, LstmCell cell, int auxInputs, WeightsBuilder entry) {
    int first = cell.first(node);
    int gates = cell.gates(node);
    int sections =
        (cell.peepholes(node) ? PEEPHOLE : 0)
            | (cell.normalized(node) ? NORM : 0)
            | (cell.anyDiagonal(node) ? DIAGONAL : 0)
            | (cell.projects(node) ? PROJECTION : 0)
            | (node.has(cell.projection() + 1) ? PROJECTION_BIAS : 0);
    entry
        .i32("hybrid", hybrid(node, cell) ? 1 : 0)
        .i32("gates", gates)
        .i32("inputs", node.input(cell.input() + LstmCell.OUTPUT).dim(1))
        .i32("aux_inputs", auxInputs)
        .i32("cells", cell.cells(node))
        .i32("outputs", cell.outputs(node))
        .i32("sections", sections)
        .part(cell.gates(node, cell.input() + first, gates))
        .part(auxInputs == 0 ? LstmCell.nothing() : cell.gates(node, cell.aux() + first, gates))
        .part(recurrent(node, cell))
        .part(cell.projects(node) ? node.input(cell.projection()).contents() : LstmCell.nothing())
        .part(vectors(node, cell))
        .part(scales(node, cell, auxInputs > 0));
  }

  /** The matrices; zeros in place of diagonals, nothing when there are only those. */
  private static ByteBuffer recurrent(NodeContext node, LstmCell cell) {
    if (cell.allDiagonal(node)) {
      return LstmCell.nothing();
    }
    int bytes = cell.cells(node) * cell.outputs(node) * (hybrid(node, cell) ? 1 : 4);
    int first = cell.first(node);
    ByteBuffer[] parts = new ByteBuffer[cell.gates(node)];
    for (int i = 0; i < parts.length; i++) {
      parts[i] =
          cell.diagonal(node, first + i)
              ? ByteBuffer.allocate(bytes)
              : node.input(cell.recurrent() + first + i).contents();
    }
    return LstmCell.join(parts);
  }

  private static ByteBuffer vectors(NodeContext node, LstmCell cell) {
    int first = cell.first(node);
    int gates = cell.gates(node);
    return LstmCell.join(
        cell.gates(node, cell.bias() + first, gates),
        cell.peepholes(node) ? peepholes(node, cell) : LstmCell.nothing(),
        cell.normalized(node) ? cell.gates(node, cell.norm() + first, gates) : LstmCell.nothing(),
        cell.anyDiagonal(node) ? diagonals(node, cell) : LstmCell.nothing(),
        node.has(cell.projection() + 1)
            ? node.input(cell.projection() + 1).contents()
            : LstmCell.nothing());
  }

  private static ByteBuffer diagonals(NodeContext node, LstmCell cell) {
    int first = cell.first(node);
    ByteBuffer[] parts = new ByteBuffer[cell.gates(node)];
    for (int i = 0; i < parts.length; i++) {
      parts[i] =
          cell.diagonal(node, first + i)
              ? node.input(cell.recurrent() + first + i).contents()
              : ByteBuffer.allocate(4 * cell.cells(node));
    }
    return LstmCell.join(parts);
  }

  /** As float32: int8 ones are {@code scale * q}. */
  private static ByteBuffer peepholes(NodeContext node, LstmCell cell) {
    int first = cell.first(node);
    ByteBuffer all =
        ByteBuffer.allocate(4 * cell.cells(node) * (3 - first)).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = first; i < 3; i++) {
      Value value = node.input(cell.peephole() + i);
      ByteBuffer contents = value.contents();
      while (contents.hasRemaining()) {
        all.putFloat(
            value.type() == TensorType.FLOAT32
                ? contents.getFloat()
                : value.quantization().scale() * contents.get());
      }
    }
    return all.flip();
  }

  /** Scales of the int8 matrices, one a row: input, aux, recurrent, projection. */
  private static float[] scales(NodeContext node, LstmCell cell, boolean aux) {
    if (!hybrid(node, cell)) {
      return new float[0];
    }
    int cells = cell.cells(node);
    int gates = cell.gates(node);
    int outputs = cell.projects(node) ? cell.outputs(node) : 0;
    float[] scales = new float[3 * gates * cells + outputs];
    for (int i = 0; i < gates; i++) {
      int gate = cell.first(node) + i;
      fill(scales, i * cells, cells, node.input(cell.input() + gate));
      if (aux) {
        fill(scales, (gates + i) * cells, cells, node.input(cell.aux() + gate));
      }
      if (!cell.diagonal(node, gate)) {
        fill(scales, (2 * gates + i) * cells, cells, node.input(cell.recurrent() + gate));
      }
    }
    if (cell.projects(node)) {
      fill(scales, 3 * gates * cells, outputs, node.input(cell.projection()));
    }
    return scales;
  }

  private static void fill(float[] scales, int from, int count, Value w) {
    for (int i = 0; i < count; i++) {
      scales[from + i] = w.quantization().scale(w.quantization().perAxis() ? i : 0);
    }
  }
}

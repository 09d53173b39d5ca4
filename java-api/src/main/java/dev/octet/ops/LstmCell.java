// SPDX-License-Identifier: Apache-2.0
package dev.octet.ops;

import dev.octet.TensorType;
import dev.octet.graph.NodeContext;
import dev.octet.graph.Value;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Which inputs of an operator make one LSTM cell. Gates are in the order input, forget, cell
 * update, output; without the input gate's weights the cell is coupled (CIFG): {@code i = 1 - f}.
 *
 * @param x the sequence that it reads
 * @param input first of four weights [cells, inputs]
 * @param recurrent first of four weights [cells, outputs], or diagonals [cells]
 * @param peephole first of three weights [cells]
 * @param bias first of four biases [cells]
 * @param projection the projection [outputs, cells]; its bias follows
 * @param norm first of four scales [cells] of layer normalization, or -1
 * @param aux first of four weights [cells, aux inputs], or -1
 * @param state the variable h; the variable c follows
 */
record LstmCell(
    int x,
    int input,
    int recurrent,
    int peephole,
    int bias,
    int projection,
    int norm,
    int aux,
    int state) {

  static final int FORGET = 1;
  static final int UPDATE = 2;
  static final int OUTPUT = 3;

  /** The cell of LSTM and UNIDIRECTIONAL_SEQUENCE_LSTM. */
  static final LstmCell FULL = new LstmCell(0, 1, 5, 9, 12, 16, 20, -1, 18);

  /** 1 when there is no input gate, else 0: the first gate. */
  int first(NodeContext node) {
    return node.has(input) ? 0 : 1;
  }

  int gates(NodeContext node) {
    return 4 - first(node);
  }

  boolean normalized(NodeContext node) {
    return norm >= 0 && node.has(norm + FORGET);
  }

  boolean peepholes(NodeContext node) {
    return node.has(peephole + 2);
  }

  boolean projects(NodeContext node) {
    return node.has(projection);
  }

  boolean diagonal(NodeContext node, int gate) {
    return node.input(recurrent + gate).rank() == 1;
  }

  boolean anyDiagonal(NodeContext node) {
    boolean any = false;
    for (int gate = first(node); gate < 4; gate++) {
      any |= diagonal(node, gate);
    }
    return any;
  }

  boolean allDiagonal(NodeContext node) {
    boolean all = true;
    for (int gate = first(node); gate < 4; gate++) {
      all &= diagonal(node, gate);
    }
    return all;
  }

  int cells(NodeContext node) {
    return node.input(input + OUTPUT).dim(0);
  }

  int outputs(NodeContext node) {
    Value w = node.input(recurrent + OUTPUT);
    return w.dim(w.rank() - 1);
  }

  Value h(NodeContext node) {
    return node.input(state);
  }

  Value c(NodeContext node) {
    return node.input(state + 1);
  }

  /** Which weights there are, their types, and the states. */
  void check(NodeContext node) {
    boolean integer = node.input(x).type() == TensorType.INT8;
    node.require(node.has(input + OUTPUT), null, "input-to-output weights are absent");
    Value w = node.input(input + OUTPUT);
    if (integer) {
      node.type(w, TensorType.INT8);
    } else {
      node.type(node.input(x), TensorType.FLOAT32);
      node.type(w, TensorType.FLOAT32, TensorType.INT8, TensorType.UINT8);
    }
    int first = first(node);
    for (int gate = 0; gate < 4; gate++) {
      boolean needed = gate >= first;
      weights(node, input + gate, needed, w.type());
      present(node, recurrent + gate, needed);
      if (needed && diagonal(node, gate)) {
        weights(node, recurrent + gate, true, TensorType.FLOAT32);
      } else {
        weights(node, recurrent + gate, needed, w.type());
      }
      vector(node, bias + gate, needed, integer ? TensorType.INT32 : TensorType.FLOAT32);
      if (normalized(node)) {
        vector(node, norm + gate, needed, integer ? TensorType.INT16 : TensorType.FLOAT32);
      }
    }
    boolean peepholes = peepholes(node);
    for (int i = 0; i < 3; i++) {
      boolean needed = peepholes && i >= first;
      if (i == 0 && first == 1 && node.has(peephole)) {
        continue; // TensorFlow Lite ignores it
      }
      weights(node, peephole + i, needed, integer ? TensorType.INT16 : w.type());
    }
    if (projects(node)) {
      weights(node, projection, true, w.type());
    }
    node.require(
        projects(node) || !node.has(projection + 1),
        null,
        "has a projection's bias without its weights");
    if (node.has(projection + 1)) {
      vector(node, projection + 1, true, integer ? TensorType.INT32 : TensorType.FLOAT32);
    }
    state(node, h(node), integer ? TensorType.INT8 : TensorType.FLOAT32);
    state(node, c(node), integer ? TensorType.INT16 : TensorType.FLOAT32);
  }

  /** Weights of the auxiliary input: of every gate, or of none. */
  void checkAux(NodeContext node) {
    for (int gate = first(node); gate < 4; gate++) {
      weights(node, aux + gate, true, node.input(input + OUTPUT).type());
    }
  }

  private static void present(NodeContext node, int i, boolean needed) {
    node.require(node.has(i) == needed, null, "input " + i + (needed ? " is absent" : " is there"));
  }

  private static void vector(NodeContext node, int i, boolean needed, TensorType type) {
    present(node, i, needed);
    if (needed) {
      node.type(node.input(i), type);
    }
  }

  private static void weights(NodeContext node, int i, boolean needed, TensorType type) {
    vector(node, i, needed, type);
    if (needed && type != TensorType.FLOAT32) {
      node.perTensor(node.input(i));
    }
  }

  private static void state(NodeContext node, Value value, TensorType type) {
    node.type(value, type);
    node.require(value.variable(), value, "is no variable");
  }

  /** Shapes against each other, and that what is packed is constant. */
  void checkShapes(NodeContext node, int batch) {
    Value sequence = node.input(x);
    int inputs = sequence.dim(sequence.rank() - 1);
    node.rank(node.input(input + OUTPUT), 2);
    int cells = cells(node);
    Value last = node.input(recurrent + OUTPUT);
    node.require(last.rank() == 1 || last.rank() == 2, last, "is no matrix");
    int outputs = outputs(node);
    int limit = 1 << 16;
    node.require(
        inputs <= limit && cells <= limit && outputs <= limit,
        null,
        "more than " + limit + " inputs, cells or outputs");
    for (int gate = first(node); gate < 4; gate++) {
      shape(node, input + gate, cells, inputs);
      if (diagonal(node, gate)) {
        shape(node, recurrent + gate, cells);
        node.require(
            outputs == cells, node.input(recurrent + gate), "is diagonal, but not outputs x cells");
      } else {
        shape(node, recurrent + gate, cells, outputs);
      }
      shape(node, bias + gate, cells);
      if (normalized(node)) {
        shape(node, norm + gate, cells);
      }
    }
    for (int i = first(node); peepholes(node) && i < 3; i++) {
      shape(node, peephole + i, cells);
    }
    if (projects(node)) {
      shape(node, projection, outputs, cells);
    } else {
      node.require(outputs == cells, last, "has other outputs than cells without a projection");
    }
    if (node.has(projection + 1)) {
      shape(node, projection + 1, outputs);
    }
    elements(node, h(node), (long) batch * outputs);
    elements(node, c(node), (long) batch * cells);
  }

  void checkAuxShapes(NodeContext node, Value values) {
    for (int gate = first(node); gate < 4; gate++) {
      shape(node, aux + gate, cells(node), values.dim(values.rank() - 1));
    }
  }

  private static void shape(NodeContext node, int i, int... shape) {
    Value value = node.input(i);
    node.require(
        java.util.Arrays.equals(value.shape(), shape),
        value,
        "shape is not " + java.util.Arrays.toString(shape));
    node.require(value.constant(), value, "is not constant");
  }

  private static void elements(NodeContext node, Value value, long elements) {
    node.require(value.elements() == elements, value, "does not have " + elements + " elements");
  }

  /** Contents of an input from {@code first} to the fourth gate, one after another. */
  ByteBuffer gates(NodeContext node, int first, int count) {
    ByteBuffer[] parts = new ByteBuffer[count];
    for (int i = 0; i < count; i++) {
      parts[i] = node.input(first + i).contents();
    }
    return join(parts);
  }

  static ByteBuffer join(ByteBuffer... parts) {
    long bytes = 0;
    for (ByteBuffer part : parts) {
      bytes += part.remaining();
    }
    ByteBuffer all = ByteBuffer.allocate(Math.toIntExact(bytes)).order(ByteOrder.LITTLE_ENDIAN);
    for (ByteBuffer part : parts) {
      all.put(part.duplicate());
    }
    return all.flip();
  }

  static ByteBuffer nothing() {
    return ByteBuffer.allocate(0);
  }

  /** Multiplications of one row of one step. */
  long macs(NodeContext node) {
    long rows = (long) gates(node) * cells(node);
    long macs = rows * node.input(input + OUTPUT).dim(1);
    macs += rows * (allDiagonal(node) ? 1 : outputs(node));
    return macs + (projects(node) ? (long) cells(node) * outputs(node) : 0);
  }
}

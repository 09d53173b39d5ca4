// SPDX-License-Identifier: Apache-2.0
package dev.octet.ops;

import dev.octet.TensorType;
import dev.octet.graph.NodeContext;
import dev.octet.graph.Value;
import dev.octet.program.Emitter;
import dev.octet.program.Kernels;
import dev.octet.program.WeightsBuilder;
import dev.octet.tflite.Activation;
import dev.octet.tflite.BuiltinOperator;
import dev.octet.tflite.Table;
import dev.octet.tflite.TfliteOperator;
import java.util.Arrays;

/**
 * {@code h = activation(x W + h R + bias)}: RNN, one step of [batch, inputs];
 * UNIDIRECTIONAL_SEQUENCE_RNN over [batch, time, inputs], or [time, batch, inputs] when {@code
 * timeMajor}; BIDIRECTIONAL_SEQUENCE_RNN with a cell for each direction, whose outputs stand side
 * by side in one tensor when {@code mergeOutputs}. h is a variable. float32, or hybrid (int8
 * weights, in old files called uint8, of one scale each).
 *
 * <p>An auxiliary input of the last with weights is added in both cells; without weights it is what
 * the backward cell reads in place of x.
 */
record Rnn(
    String name,
    int rank,
    boolean bidirectional,
    boolean timeMajor,
    boolean mergeOutputs,
    Activation activation,
    boolean asymmetric)
    implements Op {
  static final OpSpec RNN = new OpSpec(BuiltinOperator.RNN, 3, "f32 hybrid", o -> read(o, 2));
  static final OpSpec UNIDIRECTIONAL =
      new OpSpec(BuiltinOperator.UNIDIRECTIONAL_SEQUENCE_RNN, 3, "f32 hybrid", o -> read(o, 3));
  static final OpSpec BIDIRECTIONAL =
      new OpSpec(BuiltinOperator.BIDIRECTIONAL_SEQUENCE_RNN, 3, "f32 hybrid", o -> read(o, 3));

  private static final int AUX = 9;

  private static Rnn read(TfliteOperator operator, int rank) {
    Table options = operator.options();
    boolean both = operator.builtin() == BuiltinOperator.BIDIRECTIONAL_SEQUENCE_RNN;
    return new Rnn(
        operator.name(),
        rank,
        both,
        rank == 2 || options.bool("time_major"),
        both && options.bool("merge_outputs"),
        options.enumeration("fused_activation_function", Activation.class),
        options.bool("asymmetric_quantize_inputs"));
  }

  /** The inputs of one direction: x, weights, recurrent weights, bias, state, auxiliary weights. */
  private record Cell(int x, int first, int aux) {
    Value w(NodeContext node) {
      return node.input(first);
    }

    Value recurrent(NodeContext node) {
      return node.input(first + 1);
    }

    Value bias(NodeContext node) {
      return node.input(first + 2);
    }

    Value h(NodeContext node) {
      return node.input(first + 3);
    }

    int units(NodeContext node) {
      return w(node).dim(0);
    }
  }

  private boolean hasAuxWeights(NodeContext node) {
    return bidirectional && node.has(AUX + 1);
  }

  private Cell[] cells(NodeContext node) {
    if (!bidirectional) {
      return new Cell[] {new Cell(0, 1, -1)};
    }
    int backward = node.has(AUX) && !hasAuxWeights(node) ? AUX : 0;
    return new Cell[] {new Cell(0, 1, AUX + 1), new Cell(backward, 5, AUX + 2)};
  }

  @Override
  public void check(NodeContext node) {
    if (bidirectional) {
      node.arity(9, 12, mergeOutputs ? 1 : 2);
      node.require(node.inputCount() == 12, null, "has " + node.inputCount() + " inputs, not 12");
      node.require(
          node.has(AUX + 1) == node.has(AUX + 2), null, "has some auxiliary weights, not all");
      node.require(
          node.has(AUX) || !node.has(AUX + 1), null, "has auxiliary weights without their input");
    } else {
      node.arity(5, 5, 1);
    }
    for (Cell cell : cells(node)) {
      node.type(node.input(cell.x()), TensorType.FLOAT32);
      Value w = cell.w(node);
      node.type(w, TensorType.FLOAT32, TensorType.INT8, TensorType.UINT8);
      node.type(w, node.input(1).type());
      weights(node, w, w.type());
      weights(node, cell.recurrent(node), w.type());
      if (hasAuxWeights(node)) {
        weights(node, node.input(cell.aux()), w.type());
        node.type(node.input(AUX), TensorType.FLOAT32);
      }
      node.type(cell.bias(node), TensorType.FLOAT32);
      node.type(cell.h(node), TensorType.FLOAT32);
      node.require(cell.h(node).variable(), cell.h(node), "is no variable");
    }
    for (int i = 0; i < node.outputCount(); i++) {
      node.type(node.output(i), TensorType.FLOAT32);
    }
  }

  private static void weights(NodeContext node, Value value, TensorType type) {
    node.type(value, type);
    if (type != TensorType.FLOAT32) {
      node.perTensor(value);
    }
  }

  @Override
  public int[][] infer(NodeContext node) {
    Value x = node.input(0);
    node.rank(x, rank);
    int batch = x.dim(rank == 2 || !timeMajor ? 0 : 1);
    int limit = 1 << 16;
    int units = 0;
    Cell[] cells = cells(node);
    int[][] shapes = new int[cells.length][];
    for (int i = 0; i < cells.length; i++) {
      Cell cell = cells[i];
      Value sequence = node.input(cell.x());
      node.rank(sequence, rank);
      sameLength(node, sequence, x);
      node.rank(cell.w(node), 2);
      units = cell.units(node);
      int inputs = sequence.dim(rank - 1);
      node.require(
          inputs <= limit && units <= limit, sequence, "more than " + limit + " inputs or units");
      constant(node, cell.w(node), units, inputs);
      constant(node, cell.recurrent(node), units, units);
      constant(node, cell.bias(node), units);
      shape(node, cell.h(node), batch, units);
      if (hasAuxWeights(node)) {
        Value aux = node.input(AUX);
        node.rank(aux, 3);
        sameLength(node, aux, x);
        node.require(aux.dim(2) > 0 && aux.dim(2) <= limit, aux, "has no features or too many");
        constant(node, node.input(cell.aux()), units, aux.dim(2));
      }
      shapes[i] = x.shape().clone();
      shapes[i][rank - 1] = units;
    }
    if (mergeOutputs) {
      shapes[0][rank - 1] += units;
      return new int[][] {shapes[0]};
    }
    return shapes;
  }

  private static void sameLength(NodeContext node, Value value, Value x) {
    node.require(
        value.dim(0) == x.dim(0) && (x.rank() == 2 || value.dim(1) == x.dim(1)),
        value,
        "is not of the input's length");
  }

  private static void shape(NodeContext node, Value value, int... shape) {
    node.require(
        Arrays.equals(value.shape(), shape), value, "shape is not " + Arrays.toString(shape));
  }

  private static void constant(NodeContext node, Value value, int... shape) {
    shape(node, value, shape);
    node.require(value.constant(), value, "is not constant");
  }

  @Override
  public void emit(NodeContext node, Emitter emitter) {
    Cell[] cells = cells(node);
    Value aux = hasAuxWeights(node) ? node.input(AUX) : null;
    for (int i = 0; i < cells.length; i++) {
      Cell cell = cells[i];
      int weights =
          emitter.weights(
              node.node().index() + " " + i, Kernels.RNN, entry -> pack(node, cell, aux, entry));
      emitter
          .instruction(Kernels.RNN)
          .in("x", node.input(cell.x()))
          .in("aux", aux)
          .weights("weights", weights)
          .out("h", cell.h(node))
          .out("y", node.output(mergeOutputs ? 0 : i))
          .i32("y_offset", mergeOutputs && i == 1 ? cells[0].units(node) : 0)
          .i32("time_major", timeMajor ? 1 : 0)
          .i32("reverse", i)
          .i32("asymmetric", asymmetric ? 1 : 0)
          .i32("activation", activation.ordinal())
          .emit();
    }
  }

  private static void pack(NodeContext node, Cell cell, Value aux, WeightsBuilder entry) {
    Value w = cell.w(node);
    Value r = cell.recurrent(node);
    boolean hybrid = w.type() != TensorType.FLOAT32;
    entry
        .i32("hybrid", hybrid ? 1 : 0)
        .i32("inputs", w.dim(1))
        .i32("aux_inputs", aux == null ? 0 : aux.dim(2))
        .i32("units", cell.units(node))
        .part(w.contents())
        .part(aux == null ? LstmCell.nothing() : node.input(cell.aux()).contents())
        .part(r.contents())
        .part(cell.bias(node).contents())
        .part(
            hybrid
                ? new float[] {
                  w.quantization().scale(),
                  aux == null ? 0 : node.input(cell.aux()).quantization().scale(),
                  r.quantization().scale()
                }
                : new float[0]);
  }

  @Override
  public long macs(NodeContext node) {
    Value x = node.input(0);
    long rows = x.dim(0) * (long) (rank == 2 ? 1 : x.dim(1));
    long macs = 0;
    for (Cell cell : cells(node)) {
      macs += rows * (cell.w(node).elements() + cell.recurrent(node).elements());
    }
    return macs;
  }

  @Override
  public boolean stateful() {
    return true;
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.octet.ops;

import dev.octet.TensorType;
import dev.octet.graph.NodeContext;
import dev.octet.graph.Value;
import dev.octet.program.Emitter;
import dev.octet.program.InstructionBuilder;
import dev.octet.program.Kernels;

/**
 * The basic kernel of LSTM: one step with one matrix [4 * cells, inputs + cells] over x and the
 * last activation h, gates in the order input, update, forget, output. Inputs x, h, weights, bias,
 * c; outputs the new h and c, and the two steps between: x and h side by side, and the gates.
 *
 * <p>float32; or uint8 (1/128 a step, zero point 128) around an int16 state of scale 2^-11. Where h
 * and c are variables they get the new ones, as TensorFlow Lite writes them back.
 */
record BasicLstm() implements Op {
  @Override
  public String name() {
    return "LSTM";
  }

  @Override
  public void check(NodeContext node) {
    node.arity(5, 5, 4);
    Value x = node.input(0);
    node.type(x, TensorType.FLOAT32, TensorType.UINT8);
    boolean integer = x.type() == TensorType.UINT8;
    TensorType wide = integer ? TensorType.INT16 : TensorType.FLOAT32;
    node.type(node.input(1), x.type());
    node.type(node.input(2), x.type());
    node.type(node.input(3), integer ? TensorType.INT32 : TensorType.FLOAT32);
    node.type(node.input(4), wide);
    node.type(node.output(0), x.type());
    node.type(node.output(1), wide);
    node.type(node.output(2), x.type());
    node.type(node.output(3), wide);
    node.require(
        node.input(1).variable() == node.input(4).variable(),
        node.input(4),
        "is a variable, or none, against the activation");
    if (integer) {
      Value state = node.output(1);
      node.perTensor(node.input(2));
      node.perTensor(node.input(3));
      node.perTensor(state);
      double log = StrictMath.log(state.quantization().scale()) / StrictMath.log(2);
      node.require(Math.abs(log + 11) < 1e-3, state, "scale is not 2^-11");
    }
  }

  @Override
  public int[][] infer(NodeContext node) {
    Value x = node.input(0);
    Value h = node.input(1);
    node.rank(x, 2);
    node.rank(h, 2);
    int batch = x.dim(0);
    int cells = h.dim(1);
    int limit = 1 << 15;
    node.require(x.dim(1) <= limit && cells <= limit, x, "more than " + limit + " inputs or cells");
    shape(node, h, batch, cells);
    shape(node, node.input(2), 4 * cells, x.dim(1) + cells);
    shape(node, node.input(3), 4 * cells);
    shape(node, node.input(4), batch, cells);
    for (int i = 2; i <= 3; i++) {
      node.require(node.input(i).constant(), node.input(i), "is not constant");
    }
    return new int[][] {
      {batch, cells}, {batch, cells}, {batch, x.dim(1) + cells}, {batch, 4 * cells}
    };
  }

  private static void shape(NodeContext node, Value value, int... shape) {
    node.require(
        java.util.Arrays.equals(value.shape(), shape),
        value,
        "shape is not " + java.util.Arrays.toString(shape));
  }

  @Override
  public void emit(NodeContext node, Emitter emitter) {
    Value x = node.input(0);
    Value h = node.input(1);
    Value w = node.input(2);
    Value bias = node.input(3);
    Value c = node.input(4);
    boolean integer = x.type() == TensorType.UINT8;
    Multipliers factor =
        Multipliers.of(integer ? (double) (4096 * bias.quantization().scale()) : 1.0);
    int weights =
        emitter.weights(
            String.valueOf(node.node().index()),
            Kernels.LSTM_BASIC,
            entry ->
                entry
                    .i32("integer", integer ? 1 : 0)
                    .i32("inputs", x.dim(1))
                    .i32("cells", h.dim(1))
                    .i32("w_zero", integer ? w.quantization().zeroPoint() : 0)
                    .part(w.contents())
                    .part(bias.contents()));
    InstructionBuilder instruction = emitter.instruction(Kernels.LSTM_BASIC).in("x", x);
    boolean writeBack = h.variable();
    if (writeBack) {
      instruction.out("h", h).out("c", c);
    } else {
      instruction.in("h", h).in("c", c);
    }
    instruction
        .weights("weights", weights)
        .out("y", node.output(0))
        .out("c_new", node.output(1))
        .out("concat", node.output(2))
        .out("gates", node.output(3))
        .i32("multiplier", factor.multiplier()[0])
        .i32("shift", factor.shift()[0])
        .i32("write_back", writeBack ? 1 : 0)
        .emit();
  }

  @Override
  public long macs(NodeContext node) {
    return node.input(0).dim(0) * node.input(2).elements();
  }

  @Override
  public boolean stateful() {
    return true;
  }
}

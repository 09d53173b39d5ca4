// SPDX-License-Identifier: Apache-2.0
package dev.octet.ops;

import dev.octet.TensorType;
import dev.octet.graph.NodeContext;
import dev.octet.graph.Value;
import dev.octet.program.Emitter;
import dev.octet.tflite.Activation;
import dev.octet.tflite.BuiltinOperator;
import dev.octet.tflite.LstmKernel;
import dev.octet.tflite.Table;
import dev.octet.tflite.TfliteOperator;

/**
 * One step of an LSTM, x [batch, inputs] to y [batch, outputs]; the full kernel, whose kinds and
 * inputs are those of {@link UnidirectionalSequenceLstm}, or {@link NarrowLstm}. The basic kernel
 * is {@link BasicLstm}.
 */
record Lstm(FloatLstm real, IntegerLstm integer, NarrowLstm narrow) implements Op {
  static final OpSpec SPEC = new OpSpec(BuiltinOperator.LSTM, 4, "f32 hybrid i8 u8", Lstm::read);

  private static Op read(TfliteOperator operator) {
    Table options = operator.options();
    if (options.enumeration("kernel_type", LstmKernel.class) == LstmKernel.BASIC) {
      return new BasicLstm();
    }
    float cellClip = options.float_("cell_clip");
    float projectionClip = options.float_("proj_clip");
    return new Lstm(
        new FloatLstm(
            options.enumeration("fused_activation_function", Activation.class),
            cellClip,
            projectionClip,
            options.bool("asymmetric_quantize_inputs")),
        new IntegerLstm(cellClip, projectionClip, operator.intermediates()),
        new NarrowLstm(cellClip, projectionClip, operator.intermediates()));
  }

  @Override
  public String name() {
    return "LSTM";
  }

  /** What is common to the kinds, and what the float ones need. */
  static void checkFull(NodeContext node, FloatLstm real) {
    node.arity(1, 24, 1);
    node.require(
        node.inputCount() == 20 || node.inputCount() == 24,
        null,
        "has " + node.inputCount() + " inputs, not 20 or 24");
    LstmCell cell = LstmCell.FULL;
    node.require(node.has(cell.state()) && node.has(cell.state() + 1), null, "a state is absent");
    cell.check(node);
    Value x = node.input(0);
    node.type(node.output(0), x.type());
    if (x.type() != TensorType.INT8) {
      real.check(node);
    }
  }

  static void emitFull(
      NodeContext node, Emitter emitter, FloatLstm real, IntegerLstm integer, boolean timeMajor) {
    Value x = node.input(0);
    if (x.type() == TensorType.INT8) {
      integer.emit(node, emitter, LstmCell.FULL, timeMajor);
    } else {
      LstmCell cell = LstmCell.FULL;
      real.emit(node, emitter, cell, "", FloatLstm.Ends.of(node, cell), timeMajor, false);
    }
  }

  @Override
  public void check(NodeContext node) {
    checkFull(node, real);
    if (isNarrow(node)) {
      narrow.check(node);
    } else if (node.input(0).type() == TensorType.INT8) {
      integer.check(node, LstmCell.FULL);
    }
  }

  /** The number of intermediate tensors tells the integer kernels apart. */
  private boolean isNarrow(NodeContext node) {
    return node.input(0).type() == TensorType.INT8 && narrow.intermediates().length == 12;
  }

  @Override
  public int[][] infer(NodeContext node) {
    Value x = node.input(0);
    node.rank(x, 2);
    LstmCell.FULL.checkShapes(node, x.dim(0));
    node.require(!LstmCell.FULL.anyDiagonal(node), null, "recurrent weights are no matrices");
    if (x.type() == TensorType.INT8 && !isNarrow(node)) {
      integer.checkShapes(node, LstmCell.FULL);
    }
    return new int[][] {{x.dim(0), LstmCell.FULL.outputs(node)}};
  }

  @Override
  public void emit(NodeContext node, Emitter emitter) {
    if (isNarrow(node)) {
      narrow.emit(node, emitter);
    } else {
      emitFull(node, emitter, real, integer, true);
    }
  }

  @Override
  public long macs(NodeContext node) {
    return node.input(0).dim(0) * LstmCell.FULL.macs(node);
  }

  @Override
  public boolean stateful() {
    return true;
  }
}

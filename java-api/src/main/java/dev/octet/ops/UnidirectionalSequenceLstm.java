// SPDX-License-Identifier: Apache-2.0
package dev.octet.ops;

import dev.octet.TensorType;
import dev.octet.graph.NodeContext;
import dev.octet.graph.Value;
import dev.octet.program.Emitter;
import dev.octet.tflite.Activation;
import dev.octet.tflite.BuiltinOperator;
import dev.octet.tflite.Table;
import dev.octet.tflite.TfliteOperator;

/**
 * An LSTM over a sequence, x [batch, time, inputs], or [time, batch, inputs] when {@code
 * timeMajor}; y [.., .., outputs] holds the state h after every step. The states h and c are
 * variables and survive a run.
 *
 * <p>Kinds: float32; hybrid (float32 with int8 weights); int8 with an int16 cell. Each with or
 * without coupled gates, peepholes, projection and layer normalization; recurrent weights of the
 * float kinds may be diagonals. 20 inputs, or 24 with those of layer normalization.
 */
record UnidirectionalSequenceLstm(boolean timeMajor, FloatLstm real, IntegerLstm integer)
    implements Op {
  static final OpSpec SPEC =
      new OpSpec(
          BuiltinOperator.UNIDIRECTIONAL_SEQUENCE_LSTM,
          4,
          "f32 hybrid i8",
          UnidirectionalSequenceLstm::read);

  private static UnidirectionalSequenceLstm read(TfliteOperator operator) {
    Table options = operator.options();
    float cellClip = options.float_("cell_clip");
    float projectionClip = options.float_("proj_clip");
    return new UnidirectionalSequenceLstm(
        options.bool("time_major"),
        new FloatLstm(
            options.enumeration("fused_activation_function", Activation.class),
            cellClip,
            projectionClip,
            options.bool("asymmetric_quantize_inputs")),
        new IntegerLstm(cellClip, projectionClip, operator.intermediates()));
  }

  @Override
  public String name() {
    return "UNIDIRECTIONAL_SEQUENCE_LSTM";
  }

  @Override
  public void check(NodeContext node) {
    Lstm.checkFull(node, real);
    if (node.input(0).type() == TensorType.INT8) {
      integer.check(node, LstmCell.FULL);
    }
  }

  @Override
  public int[][] infer(NodeContext node) {
    Value x = node.input(0);
    node.rank(x, 3);
    LstmCell.FULL.checkShapes(node, x.dim(timeMajor ? 1 : 0));
    if (x.type() == TensorType.INT8) {
      integer.checkShapes(node, LstmCell.FULL);
    }
    return new int[][] {{x.dim(0), x.dim(1), LstmCell.FULL.outputs(node)}};
  }

  @Override
  public void emit(NodeContext node, Emitter emitter) {
    Lstm.emitFull(node, emitter, real, integer, timeMajor);
  }

  @Override
  public long macs(NodeContext node) {
    Value x = node.input(0);
    return (long) x.dim(0) * x.dim(1) * LstmCell.FULL.macs(node);
  }

  @Override
  public boolean stateful() {
    return true;
  }
}

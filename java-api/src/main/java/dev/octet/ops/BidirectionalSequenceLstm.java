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
 * Two LSTM cells over a sequence, one in each direction; their outputs side by side in one tensor
 * when {@code mergeOutputs}, else in two. x is [time, batch, inputs], or [batch, time, inputs]
 * unless {@code timeMajor}; float32, or hybrid.
 *
 * <p>An auxiliary input with weights is added to the gates of both cells; without weights it is
 * what the backward cell reads in place of x.
 */
record BidirectionalSequenceLstm(boolean timeMajor, boolean mergeOutputs, FloatLstm real)
    implements Op {
  static final OpSpec SPEC =
      new OpSpec(
          BuiltinOperator.BIDIRECTIONAL_SEQUENCE_LSTM,
          3,
          "f32 hybrid",
          BidirectionalSequenceLstm::read);

  private static final int AUX = 39;
  private static final int FORWARD_AUX = 40;
  private static final int BACKWARD_AUX = 44;
  private static final LstmCell FORWARD = new LstmCell(0, 1, 5, 9, 12, 16, -1, FORWARD_AUX, 35);

  private static BidirectionalSequenceLstm read(TfliteOperator operator) {
    Table options = operator.options();
    return new BidirectionalSequenceLstm(
        options.bool("time_major"),
        options.bool("merge_outputs"),
        new FloatLstm(
            options.enumeration("fused_activation_function", Activation.class),
            options.float_("cell_clip"),
            options.float_("proj_clip"),
            options.bool("asymmetric_quantize_inputs")));
  }

  @Override
  public String name() {
    return "BIDIRECTIONAL_SEQUENCE_LSTM";
  }

  private static boolean hasAuxWeights(NodeContext node) {
    return node.has(FORWARD_AUX + LstmCell.FORGET);
  }

  private static LstmCell backward(NodeContext node) {
    int x = node.has(AUX) && !hasAuxWeights(node) ? AUX : 0;
    return new LstmCell(x, 18, 22, 26, 29, 33, -1, BACKWARD_AUX, 37);
  }

  @Override
  public void check(NodeContext node) {
    node.arity(1, 48, mergeOutputs ? 1 : 2);
    node.require(node.inputCount() == 48, null, "has " + node.inputCount() + " inputs, not 48");
    real.check(node);
    node.type(node.input(0), TensorType.FLOAT32);
    if (node.has(AUX)) {
      node.type(node.input(AUX), TensorType.FLOAT32);
    }
    LstmCell backward = backward(node);
    for (int i = FORWARD.state(); i < FORWARD.state() + 4; i++) {
      node.require(node.has(i), null, "state " + i + " is absent");
    }
    FORWARD.check(node);
    backward.check(node);
    node.type(
        node.input(backward.input() + LstmCell.OUTPUT),
        node.input(FORWARD.input() + LstmCell.OUTPUT).type());
    if (hasAuxWeights(node)) {
      node.require(node.has(AUX), null, "has auxiliary weights without their input");
      FORWARD.checkAux(node);
      backward.checkAux(node);
    } else {
      for (int i = FORWARD_AUX + LstmCell.FORGET; i < 48; i++) {
        boolean inputGate = i == BACKWARD_AUX;
        node.require(inputGate || !node.has(i), null, "has some auxiliary weights, not all");
      }
    }
    for (int i = 0; i < node.outputCount(); i++) {
      node.type(node.output(i), TensorType.FLOAT32);
    }
  }

  @Override
  public int[][] infer(NodeContext node) {
    Value x = node.input(0);
    node.rank(x, 3);
    int batch = x.dim(timeMajor ? 1 : 0);
    LstmCell backward = backward(node);
    if (node.has(AUX)) {
      Value aux = node.input(AUX);
      node.rank(aux, 3);
      node.require(
          aux.dim(0) == x.dim(0) && aux.dim(1) == x.dim(1), aux, "is not of the input's length");
      if (hasAuxWeights(node)) {
        node.require(aux.dim(2) > 0, aux, "has no features");
        FORWARD.checkAuxShapes(node, aux);
        backward.checkAuxShapes(node, aux);
      }
    }
    for (LstmCell cell : new LstmCell[] {FORWARD, backward}) {
      cell.checkShapes(node, batch);
      node.require(!cell.anyDiagonal(node), null, "recurrent weights are no matrices");
    }
    int forward = FORWARD.outputs(node);
    int back = backward.outputs(node);
    return mergeOutputs
        ? new int[][] {{x.dim(0), x.dim(1), forward + back}}
        : new int[][] {{x.dim(0), x.dim(1), forward}, {x.dim(0), x.dim(1), back}};
  }

  @Override
  public void emit(NodeContext node, Emitter emitter) {
    LstmCell backward = backward(node);
    Value aux = hasAuxWeights(node) ? node.input(AUX) : null;
    FloatLstm.Ends ends =
        new FloatLstm.Ends(node.input(0), aux, FORWARD.h(node), FORWARD.c(node), node.output(0), 0);
    real.emit(node, emitter, FORWARD, " forward", ends, timeMajor, false);
    FloatLstm.Ends reversed =
        new FloatLstm.Ends(
            node.input(backward.x()),
            aux,
            backward.h(node),
            backward.c(node),
            node.output(mergeOutputs ? 0 : 1),
            mergeOutputs ? FORWARD.outputs(node) : 0);
    real.emit(node, emitter, backward, " backward", reversed, timeMajor, true);
  }

  @Override
  public long macs(NodeContext node) {
    Value x = node.input(0);
    return (long) x.dim(0) * x.dim(1) * (FORWARD.macs(node) + backward(node).macs(node));
  }

  @Override
  public boolean stateful() {
    return true;
  }
}

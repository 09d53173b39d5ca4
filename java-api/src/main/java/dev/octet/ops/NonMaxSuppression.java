// SPDX-License-Identifier: Apache-2.0
package dev.octet.ops;

import dev.octet.TensorType;
import dev.octet.graph.NodeContext;
import dev.octet.graph.Value;
import dev.octet.program.Emitter;
import dev.octet.program.InstructionBuilder;
import dev.octet.program.Kernels;
import dev.octet.tflite.BuiltinOperator;

/**
 * Picks boxes by falling score and drops those that overlap a picked one too much. Inputs, float32
 * unless said: boxes [n, 4] as (y1, x1, y2, x2) of opposite corners, scores [n], and as scalars the
 * greatest number of picks (int32), the overlap (intersection over union) from which a box is
 * dropped, the score above which it counts, and with six inputs sigma: then a score falls by {@code
 * exp(-overlap^2 / (2 sigma))} for each box picked before. Outputs: the picks' numbers, with six
 * inputs their scores, and how many there are; places without a pick are 0. Equal scores come in
 * the order of a binary heap, as with TensorFlow Lite.
 */
record NonMaxSuppression(BuiltinOperator operator) implements Op {
  static final OpSpec V4 = spec(BuiltinOperator.NON_MAX_SUPPRESSION_V4);
  static final OpSpec V5 = spec(BuiltinOperator.NON_MAX_SUPPRESSION_V5);

  private static OpSpec spec(BuiltinOperator operator) {
    return new OpSpec(operator, 1, "f32", o -> new NonMaxSuppression(operator));
  }

  @Override
  public String name() {
    return operator.name();
  }

  private static boolean soft(NodeContext node) {
    return node.inputCount() == 6;
  }

  @Override
  public void check(NodeContext node) {
    boolean soft = soft(node);
    node.arity(soft ? 6 : 5, soft ? 6 : 5, soft ? 3 : 2);
    for (int i = 0; i < node.inputCount(); i++) {
      node.type(node.input(i), i == 2 ? TensorType.INT32 : TensorType.FLOAT32);
    }
    for (int i = 0; i < node.outputCount(); i++) {
      node.type(node.output(i), soft && i == 1 ? TensorType.FLOAT32 : TensorType.INT32);
    }
  }

  @Override
  public int[][] infer(NodeContext node) {
    Value boxes = node.input(0);
    Value scores = node.input(1);
    Value most = node.input(2);
    node.rank(boxes, 2);
    node.require(boxes.dim(1) == 4, boxes, "has not four corners in a row");
    node.rank(scores, 1);
    node.require(scores.dim(0) == boxes.dim(0), scores, "has not a score for each box");
    for (int i = 2; i < node.inputCount(); i++) {
      node.rank(node.input(i), 0);
    }
    int[] picks = null;
    if (most.constant()) {
      long count = Axes.scalar(node, most);
      node.require(count >= 0, most, "is negative");
      picks = new int[] {(int) count};
    }
    return soft(node) ? new int[][] {picks, picks, {}} : new int[][] {picks, {}};
  }

  @Override
  public boolean decides(NodeContext node, int i) {
    return i == 2;
  }

  @Override
  public void emit(NodeContext node, Emitter emitter) {
    boolean soft = soft(node);
    InstructionBuilder instruction =
        emitter
            .instruction(Kernels.NON_MAX_SUPPRESSION)
            .in("boxes", node.input(0))
            .in("scores", node.input(1))
            .in("overlap", node.input(3))
            .in("least", node.input(4))
            .in("sigma", soft ? node.input(5) : null)
            .out("picks", node.output(0))
            .out("count", node.output(soft ? 2 : 1));
    if (soft) {
      instruction.out("pick_scores", node.output(1));
    } else {
      instruction.in("pick_scores", (Value) null);
    }
    instruction.emit();
  }
}

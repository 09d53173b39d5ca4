// SPDX-License-Identifier: Apache-2.0
package dev.octet.ops;

import dev.octet.TensorType;
import dev.octet.graph.NodeContext;
import dev.octet.graph.Value;
import dev.octet.program.HostCall;
import dev.octet.program.HostTensor;
import dev.octet.tflite.BuiltinOperator;
import java.nio.ByteBuffer;

/**
 * Picks boxes by falling score and drops those that overlap a picked one too much. Inputs, float32
 * unless said: boxes [n, 4] as (y1, x1, y2, x2) of opposite corners, scores [n], and as scalars the
 * greatest number of picks (int32), the overlap (intersection over union) from which a box is
 * dropped, the score above which it counts, and with six inputs sigma: then a score falls by {@code
 * exp(-overlap^2 / (2 sigma))} for each box picked before. Outputs: the picks' numbers, with six
 * inputs their scores, and how many there are; places without a pick are 0. Equal scores come in
 * the order of a binary heap, as with TensorFlow Lite.
 */
record NonMaxSuppression(BuiltinOperator operator) implements HostOp {
  static final OpSpec V4 = spec(BuiltinOperator.NON_MAX_SUPPRESSION_V4);
  static final OpSpec V5 = spec(BuiltinOperator.NON_MAX_SUPPRESSION_V5);

  /** Rounds between two questions whether to stop. */
  private static final int ROUNDS = 64;

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
  public void run(HostCall call) {
    boolean soft = soft(call.node());
    int most = call.input(2).integer(0);
    if (most < 0) {
      throw call.failure("the greatest number of picks is " + most);
    }
    float sigma = soft ? call.input(5).data().getFloat(0) : 0;
    if (sigma < 0) {
      throw call.failure("sigma " + sigma + " is negative");
    }
    ByteBuffer picks = call.output(0, most);
    ByteBuffer scores = soft ? call.output(1, most) : null;
    int count = new Picking(call, picks, scores, sigma).pick(most);
    for (int i = count; i < most; i++) {
      picks.putInt(4 * i, 0);
      if (soft) {
        scores.putFloat(4 * i, 0);
      }
    }
    call.output(soft ? 2 : 1).putInt(0, count);
  }

  /** One run. */
  private static final class Picking {
    private final HostCall call;
    private final float[] boxes;
    private final ByteBuffer picks;
    private final ByteBuffer scores;
    private final float overlap;
    private final float least;
    private final float scale;
    private final Candidates candidates;

    Picking(HostCall call, ByteBuffer picks, ByteBuffer scores, float sigma) {
      this.call = call;
      this.picks = picks;
      this.scores = scores;
      this.boxes = floats(call.input(0));
      this.overlap = call.input(3).data().getFloat(0);
      this.least = call.input(4).data().getFloat(0);
      this.scale = sigma > 0 ? (float) (-0.5 / sigma) : 0;
      float[] all = floats(call.input(1));
      this.candidates = new Candidates(all.length);
      for (int i = 0; i < all.length; i++) {
        if (all[i] > least) {
          candidates.push(i, all[i], 0);
        }
      }
    }

    private static float[] floats(HostTensor tensor) {
      float[] floats = new float[tensor.elements()];
      tensor.data().duplicate().order(tensor.data().order()).rewind().asFloatBuffer().get(floats);
      return floats;
    }

    int pick(int most) {
      int wanted = Math.min(candidates.size(), most);
      int count = 0;
      for (int round = 1; count < wanted && candidates.size() > 0; round++) {
        if (round % ROUNDS == 0) {
          call.checkStopped();
        }
        int box = candidates.topBox();
        float original = candidates.topScore();
        int compared = candidates.topCompared();
        candidates.pop();
        float score = original;
        boolean drop = false;
        for (int j = count - 1; j >= compared && !drop; j--) {
          float iou = overlap(box, picks.getInt(4 * j));
          drop = iou >= overlap;
          if (!drop && scale != 0) {
            score *= (float) Math.exp(scale * iou * iou);
          }
          if (score <= least) {
            break;
          }
        }
        if (drop) {
          continue;
        }
        int before = count;
        if (score == original) {
          picks.putInt(4 * count, box);
          if (scores != null) {
            scores.putFloat(4 * count, score);
          }
          count++;
        }
        if (score > least) {
          candidates.push(box, score, before);
        }
      }
      return count;
    }

    private float overlap(int a, int b) {
      float aTop = Math.min(boxes[4 * a], boxes[4 * a + 2]);
      float aBottom = Math.max(boxes[4 * a], boxes[4 * a + 2]);
      float aLeft = Math.min(boxes[4 * a + 1], boxes[4 * a + 3]);
      float aRight = Math.max(boxes[4 * a + 1], boxes[4 * a + 3]);
      float bTop = Math.min(boxes[4 * b], boxes[4 * b + 2]);
      float bBottom = Math.max(boxes[4 * b], boxes[4 * b + 2]);
      float bLeft = Math.min(boxes[4 * b + 1], boxes[4 * b + 3]);
      float bRight = Math.max(boxes[4 * b + 1], boxes[4 * b + 3]);
      float areaA = (aBottom - aTop) * (aRight - aLeft);
      float areaB = (bBottom - bTop) * (bRight - bLeft);
      if (areaA <= 0 || areaB <= 0) {
        return 0;
      }
      float height = Math.max(Math.min(aBottom, bBottom) - Math.max(aTop, bTop), 0);
      float width = Math.max(Math.min(aRight, bRight) - Math.max(aLeft, bLeft), 0);
      float both = height * width;
      return both / (areaA + areaB - both);
    }
  }

  /** A binary heap, greatest score on top, that moves equal scores as C++'s priority_queue does. */
  private static final class Candidates {
    private final int[] box;
    private final float[] score;
    private final int[] compared;
    private int size;

    Candidates(int capacity) {
      this.box = new int[capacity];
      this.score = new float[capacity];
      this.compared = new int[capacity];
    }

    int size() {
      return size;
    }

    int topBox() {
      return box[0];
    }

    float topScore() {
      return score[0];
    }

    int topCompared() {
      return compared[0];
    }

    private void set(int at, int box, float score, int compared) {
      this.box[at] = box;
      this.score[at] = score;
      this.compared[at] = compared;
    }

    private void move(int to, int from) {
      set(to, box[from], score[from], compared[from]);
    }

    void push(int box, float score, int compared) {
      rise(size++, box, score, compared);
    }

    private void rise(int hole, int box, float score, int compared) {
      int at = hole;
      while (at > 0 && this.score[(at - 1) / 2] < score) {
        move(at, (at - 1) / 2);
        at = (at - 1) / 2;
      }
      set(at, box, score, compared);
    }

    /** The hole sinks to the bottom along the greater children, then the last element rises. */
    void pop() {
      size--;
      int hole = 0;
      int child = 2;
      while (child < size) {
        if (score[child] < score[child - 1]) {
          child--;
        }
        move(hole, child);
        hole = child;
        child = 2 * child + 2;
      }
      if (child == size) {
        move(hole, child - 1);
        hole = child - 1;
      }
      rise(hole, box[size], score[size], compared[size]);
    }
  }
}

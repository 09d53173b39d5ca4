// SPDX-License-Identifier: Apache-2.0
package dev.octet.reference;

import java.math.BigDecimal;
import java.math.MathContext;

/**
 * Picks boxes by falling score; a box is dropped when it overlaps a picked one too much, or, with a
 * sigma, loses score by its overlap. All numbers are float32, in the order stated here.
 */
final class NonMaxSuppression implements ReferenceKernel {
  private record Box(float top, float left, float bottom, float right) {
    static Box of(float[] corners, int at) {
      return new Box(
          least(corners[at], corners[at + 2]),
          least(corners[at + 1], corners[at + 3]),
          greatest(corners[at], corners[at + 2]),
          greatest(corners[at + 1], corners[at + 3]));
    }

    float area() {
      return (bottom - top) * (right - left);
    }

    /** Intersection over union; 0 for an empty box. */
    float overlap(Box other) {
      if (area() <= 0 || other.area() <= 0) {
        return 0;
      }
      float height = greatest(least(bottom, other.bottom) - greatest(top, other.top), 0);
      float width = greatest(least(right, other.right) - greatest(left, other.left), 0);
      float both = height * width;
      return both / (area() + other.area() - both);
    }

    /** The first where one is no number. */
    private static float least(float a, float b) {
      return b < a ? b : a;
    }

    private static float greatest(float a, float b) {
      return a < b ? b : a;
    }
  }

  /**
   * A box that waits for its turn.
   *
   * @param compared picks that it has been compared with
   */
  private record Candidate(float score, int box, int compared) {}

  /** The greatest first; a hole sinks to the bottom before the last item rises from there. */
  private static final class Heap {
    private final Candidate[] items;
    private int size;

    Heap(int most) {
      items = new Candidate[most];
    }

    void push(Candidate item) {
      rise(size++, item);
    }

    private void rise(int from, Candidate item) {
      int hole = from;
      while (hole > 0 && items[(hole - 1) / 2].score() < item.score()) {
        items[hole] = items[(hole - 1) / 2];
        hole = (hole - 1) / 2;
      }
      items[hole] = item;
    }

    Candidate pop() {
      Candidate top = items[0];
      Candidate last = items[--size];
      int hole = 0;
      while (2 * hole + 1 < size) {
        int child = 2 * hole + 1;
        if (child + 1 < size && items[child + 1].score() >= items[child].score()) {
          child++;
        }
        items[hole] = items[child];
        hole = child;
      }
      rise(hole, last);
      return top;
    }
  }

  @Override
  public void run(Call call) {
    float sigma = call.has("sigma") ? (float) call.value("sigma").real(0) : 0;
    if (sigma < 0) {
      throw call.failure("sigma " + shortest(sigma) + " is negative");
    }
    float scale = sigma > 0 ? (float) (-0.5 / sigma) : 0;
    float overlap = (float) call.value("overlap").real(0);
    float least = (float) call.value("least").real(0);
    float[] corners = call.value("boxes").floats();
    float[] scores = call.value("scores").floats();
    Box[] boxes = new Box[scores.length];
    Heap heap = new Heap(scores.length);
    for (int i = 0; i < boxes.length; i++) {
      boxes[i] = Box.of(corners, 4 * i);
      if (scores[i] > least) {
        heap.push(new Candidate(scores[i], i, 0));
      }
    }
    Operand picks = call.value("picks");
    int[] picked = new int[picks.elements()];
    float[] pickScores = new float[picked.length];
    int count = 0;
    while (count < picked.length && heap.size > 0) {
      call.checkStopped();
      Candidate next = heap.pop();
      float score = next.score();
      boolean drop = false;
      for (int j = count - 1; j >= next.compared() && !drop; j--) {
        float iou = boxes[next.box()].overlap(boxes[picked[j]]);
        drop = iou >= overlap;
        if (!drop && scale != 0) {
          score *= (float) Math.exp(scale * iou * iou);
        }
        if (!drop && score <= least) {
          break;
        }
      }
      if (drop) {
        continue;
      }
      int compared = count;
      if (score == next.score()) {
        picked[count] = next.box();
        pickScores[count++] = score;
      }
      if (score > least) {
        heap.push(new Candidate(score, next.box(), compared));
      }
    }
    picks.set(picked);
    if (call.has("pick_scores")) {
      call.value("pick_scores").set(pickScores);
    }
    call.value("count").set(0, (long) count);
  }

  /** Six digits at most. */
  private static String shortest(float number) {
    return new BigDecimal(number).round(new MathContext(6)).stripTrailingZeros().toPlainString();
  }
}

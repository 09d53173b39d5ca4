// SPDX-License-Identifier: Apache-2.0
package dev.octet.ops;

import dev.octet.TensorType;
import dev.octet.graph.NodeContext;
import dev.octet.graph.Value;
import dev.octet.program.HostCall;
import dev.octet.program.HostTensor;
import dev.octet.tflite.FlexMap;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * {@code TFLite_Detection_PostProcess}: box encodings [1, n, 4 or more], class scores [1, n, c or c
 * + 1] and anchors [n, 4], each float32 or uint8, to the best boxes [1, m, 4] as ymin, xmin, ymax,
 * xmax, their classes [1, m], scores [1, m] and number [1], all float32.
 *
 * <p>A box's centre is {@code encoding / scale * anchor size + anchor centre}, its half size {@code
 * exp(encoding / scale) * anchor size / 2}. Suppression is regular (for each class by itself) or
 * fast (each box stands for its best class and gives its {@code classesPerBox} best). Outputs
 * behind the number of detections are 0.
 */
record DetectionPostProcess(
    int classes,
    int most,
    int classesPerBox,
    int perClass,
    boolean regular,
    float leastScore,
    float overlap,
    float[] scales)
    implements HostOp {
  static final OpSpec SPEC =
      OpSpec.custom(
          "TFLite_Detection_PostProcess",
          "f32 u8",
          SignalOps.options("TFLite_Detection_PostProcess", DetectionPostProcess::of));

  private static final int MOST_OUTPUTS = 1 << 20;

  private static DetectionPostProcess of(FlexMap map) {
    return new DetectionPostProcess(
        map.integer("num_classes"),
        map.integer("max_detections"),
        map.integer("max_classes_per_detection"),
        map.has("detections_per_class") ? map.integer("detections_per_class") : 100,
        map.has("use_regular_nms") && map.bool("use_regular_nms"),
        map.real("nms_score_threshold"),
        map.real("nms_iou_threshold"),
        new float[] {
          map.real("y_scale"), map.real("x_scale"), map.real("h_scale"), map.real("w_scale")
        });
  }

  @Override
  public String name() {
    return "TFLite_Detection_PostProcess";
  }

  @Override
  public void check(NodeContext node) {
    node.arity(3, 3, 4);
    for (int i = 0; i < 3; i++) {
      Value input = node.input(i);
      node.type(input, TensorType.FLOAT32, TensorType.UINT8);
      if (input.type() == TensorType.UINT8) {
        node.perTensor(input);
      }
    }
    node.type(node.input(2), node.input(0).type());
    for (int i = 0; i < 4; i++) {
      node.type(node.output(i), TensorType.FLOAT32);
    }
    node.require(classes > 0 && most > 0 && classesPerBox > 0, null, "options are not positive");
    node.require(
        !regular || perClass > 0, null, "detections_per_class " + perClass + " is not positive");
    node.require((long) most * classesPerBox <= MOST_OUTPUTS, null, "more than 2^20 detections");
    node.require(
        overlap > 0 && overlap <= 1, null, "nms_iou_threshold " + overlap + " is not in (0, 1]");
  }

  @Override
  public int[][] infer(NodeContext node) {
    Value boxes = node.input(0);
    Value scores = node.input(1);
    Value anchors = node.input(2);
    node.rank(boxes, 3);
    node.rank(scores, 3);
    node.rank(anchors, 2);
    node.require(boxes.dim(0) == 1 && boxes.dim(2) >= 4, boxes, "is not [1, n, 4 or more]");
    int n = boxes.dim(1);
    int background = scores.dim(2) - classes;
    node.require(
        scores.dim(0) == 1 && scores.dim(1) == n && (background == 0 || background == 1),
        scores,
        "is not [1, " + n + ", " + classes + " or one more]");
    node.require(anchors.dim(0) == n && anchors.dim(1) == 4, anchors, "is not [" + n + ", 4]");
    int outputs = most * classesPerBox;
    return new int[][] {{1, outputs, 4}, {1, outputs}, {1, outputs}, {1}};
  }

  @Override
  public void run(HostCall call) {
    float[] scores = floats(call, 1);
    Boxes boxes = decode(call);
    int invalid = boxes.invalid();
    if (invalid >= 0) {
      throw call.failure("box " + invalid + " has its minimum above its maximum");
    }
    Detections found = new Detections(most * classesPerBox);
    int row = call.input(1).shape()[2];
    if (regular) {
      regular(call, boxes, scores, row, found);
    } else {
      fast(boxes, scores, row, found);
    }
    found.write(call, boxes);
  }

  private static float[] floats(HostCall call, int i) {
    HostTensor tensor = call.input(i);
    float[] values = new float[tensor.elements()];
    if (tensor.type() == TensorType.FLOAT32) {
      tensor.data().asFloatBuffer().get(values);
      return values;
    }
    Value value = call.node().input(i);
    byte[] bytes = new byte[values.length];
    tensor.data().get(0, bytes);
    for (int j = 0; j < values.length; j++) {
      int q = (bytes[j] & 0xff) - value.quantization().zeroPoint();
      values[j] = q * value.quantization().scale();
    }
    return values;
  }

  private Boxes decode(HostCall call) {
    float[] codes = floats(call, 0);
    float[] anchors = floats(call, 2);
    int row = call.input(0).shape()[2];
    Boxes boxes = new Boxes(anchors.length / 4);
    for (int i = 0; i < boxes.count(); i++) {
      int c = i * row;
      int a = 4 * i;
      float y = (float) ((double) codes[c] / scales[0] * anchors[a + 2] + anchors[a]);
      float x = (float) ((double) codes[c + 1] / scales[1] * anchors[a + 3] + anchors[a + 1]);
      float h = (float) (0.5 * StrictMath.exp((double) codes[c + 2] / scales[2]) * anchors[a + 2]);
      float w = (float) (0.5 * StrictMath.exp((double) codes[c + 3] / scales[3]) * anchors[a + 3]);
      boxes.set(i, y - h, x - w, y + h, x + w);
    }
    return boxes;
  }

  private void fast(Boxes boxes, float[] scores, int row, Detections found) {
    int offset = row - classes;
    int wanted = Math.min(classesPerBox, classes);
    float[] best = new float[boxes.count()];
    for (int i = 0; i < best.length; i++) {
      best[i] = scores[i * row + offset + first(scores, i * row + offset)];
    }
    for (int box : boxes.suppress(best, most, leastScore, overlap)) {
      int at = box * row + offset;
      int[] order =
          wanted == 1
              ? new int[] {first(scores, at)}
              : PartialSort.greatest(Arrays.copyOfRange(scores, at, at + classes), wanted);
      for (int i = 0; i < wanted; i++) {
        found.set(found.count * classesPerBox + i, box, order[i], scores[at + order[i]]);
      }
      found.count++;
    }
  }

  private int first(float[] scores, int at) {
    int first = 0;
    for (int i = 1; i < classes; i++) {
      if (scores[at + i] > scores[at + first]) {
        first = i;
      }
    }
    return first;
  }

  private void regular(HostCall call, Boxes boxes, float[] scores, int row, Detections found) {
    int offset = row - classes;
    float[] ofClass = new float[boxes.count()];
    for (int c = 0; c < classes; c++) {
      call.checkStopped();
      for (int i = 0; i < ofClass.length; i++) {
        ofClass[i] = scores[i * row + offset + c];
      }
      for (int box : boxes.suppress(ofClass, Math.min(perClass, most), leastScore, overlap)) {
        found.insert(box, c, ofClass[box], most);
      }
    }
  }

  /** The outputs in the making. */
  private static final class Detections {
    final int[] box;
    final float[] label;
    final float[] score;
    int count;

    Detections(int outputs) {
      this.box = new int[outputs];
      this.label = new float[outputs];
      this.score = new float[outputs];
      Arrays.fill(box, -1);
    }

    void set(int i, int box, int label, float score) {
      this.box[i] = box;
      this.label[i] = label;
      this.score[i] = score;
    }

    /** Behind all of at least its score, if it is among the {@code most} best. */
    void insert(int box, int label, float score, int most) {
      int at = count;
      while (at > 0 && this.score[at - 1] < score) {
        at--;
      }
      if (at >= most) {
        return;
      }
      count = Math.min(count + 1, most);
      for (int i = count - 1; i > at; i--) {
        set(i, this.box[i - 1], (int) this.label[i - 1], this.score[i - 1]);
      }
      set(at, box, label, score);
    }

    void write(HostCall call, Boxes boxes) {
      int n = box.length;
      ByteBuffer corners = call.output(0, 1, n, 4);
      ByteBuffer labels = call.output(1, 1, n);
      ByteBuffer scores = call.output(2, 1, n);
      for (int i = 0; i < n; i++) {
        for (int j = 0; j < 4; j++) {
          corners.putFloat(box[i] < 0 ? 0 : boxes.corner(box[i], j));
        }
        labels.putFloat(label[i]);
        scores.putFloat(score[i]);
      }
      call.output(3, 1).putFloat(count);
    }
  }
}

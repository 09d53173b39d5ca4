// SPDX-License-Identifier: Apache-2.0
package dev.octet.differential.cases;

import dev.octet.TensorType;
import dev.octet.tflite.TestFlexBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** TFLite_Detection_PostProcess, with more boxes than are asked for: it fills all its outputs. */
final class DetectionCases implements OpCases {
  @Override
  public List<OpGenerator> generators() {
    return List.of(
        new OpGenerator(
            "TFLite_Detection_PostProcess", "f32", m -> detection(m, TensorType.FLOAT32)),
        new OpGenerator("TFLite_Detection_PostProcess", "u8", m -> detection(m, TensorType.UINT8)));
  }

  private static void detection(SingleOp m, TensorType type) {
    int classes = m.number(1, 12);
    int n = m.number(60, 200);
    boolean regular = m.chance(0.5);
    Map<String, Object> options = new HashMap<>();
    options.put("max_detections", m.number(1, 10));
    options.put("max_classes_per_detection", regular ? 1 : m.number(1, Math.min(4, classes)));
    options.put("num_classes", classes);
    options.put("nms_score_threshold", 0f);
    options.put("nms_iou_threshold", m.real(0.3, 0.9));
    options.put("y_scale", 10f);
    options.put("x_scale", 10f);
    options.put("h_scale", 5f);
    options.put("w_scale", 5f);
    if (m.chance(0.7)) {
      options.put("use_regular_nms", regular);
      options.put("detections_per_class", m.number(1, 20));
    }
    int row = m.chance(0.8) ? 4 : m.number(5, 7);
    int boxes = tensor(m, type, m.scale(0.01, 0.1), -8, 8, 1, n, row);
    int scores = tensor(m, type, 1f / 256, 0, 1, 1, n, classes + m.number(0, 1));
    int anchors = anchors(m, type, n);
    int[] outputs = new int[4];
    for (int i = 0; i < 4; i++) {
      outputs[i] = m.output(TensorType.FLOAT32);
    }
    m.graph()
        .custom(
            "TFLite_Detection_PostProcess",
            TestFlexBuffer.map(options),
            new int[] {boxes, scores, anchors},
            outputs);
  }

  private static int tensor(
      SingleOp m, TensorType type, float scale, int least, int greatest, int... shape) {
    if (type == TensorType.FLOAT32) {
      return m.input(type, () -> m.floats(SingleOp.product(shape), least, greatest), shape);
    }
    int id = m.input(type, shape);
    m.graph().quantize(id, scale, least < 0 ? m.number(100, 150) : 0);
    return id;
  }

  private static int anchors(SingleOp m, TensorType type, int n) {
    if (type == TensorType.FLOAT32) {
      return m.constant(type, m.floats(4 * n, 0.05, 1), n, 4);
    }
    int id = m.constant(type, m.integers(type, 4 * n, 10, 255), n, 4);
    m.graph().quantize(id, 1f / 256, 0);
    return id;
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.octet.benchmarks;

import dev.octet.TensorType;
import dev.octet.tflite.TestFlexBuffer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Operators that look for elements, boxes among them. */
final class SearchModels {
  /** What SSD MobileNet proposes. */
  private static final int BOXES = 1917;

  private SearchModels() {}

  static List<OperatorModel> all() {
    List<OperatorModel> all = new ArrayList<>();
    for (String kind : List.of("f32", "i8", "i32")) {
      all.add(
          new OperatorModel("TOPK_V2", kind)
              .named("5")
              .options("TopKV2Options")
              .x(1, 1001)
              .scalar(5)
              .y()
              .y(TensorType.INT32));
      all.add(
          new OperatorModel("TOPK_V2", kind)
              .named("100")
              .options("TopKV2Options")
              .x(1, BOXES)
              .scalar(100)
              .y()
              .y(TensorType.INT32));
    }
    all.add(
        new OperatorModel("WHERE", "bool").options("WhereOptions").x(128, 768).y(TensorType.INT64));
    all.add(
        new OperatorModel("UNIQUE", "i32")
            .options("UniqueOptions", "idx_out_type", TensorType.INT32)
            .x(1000)
            .y()
            .y(TensorType.INT32));
    all.add(
        new OperatorModel("SEGMENT_SUM", "f32")
            .options("SegmentSumOptions")
            .x(128, 768)
            .constant(TensorType.INT32, segments(128), 0, 0, 128)
            .y());
    all.add(
        new OperatorModel("BUCKETIZE", "f32")
            .options(
                "BucketizeOptions", "boundaries", new float[] {-1.5f, -1, -0.5f, 0, 0.5f, 1, 1.5f})
            .x(128, 768)
            .y(TensorType.INT32));
    for (int version : new int[] {4, 5}) {
      OperatorModel suppression = new OperatorModel("NON_MAX_SUPPRESSION_V" + version, "f32");
      input(suppression, BOXES).range(0, 1).x(BOXES).scalar(100).scalar(0.5f).scalar(0.3f);
      if (version == 5) {
        suppression.scalar(0f).y(TensorType.INT32).y().y(TensorType.INT32);
      } else {
        suppression.y(TensorType.INT32).y(TensorType.INT32);
      }
      all.add(suppression);
    }
    all.add(detection(false));
    all.add(detection(true));
    all.add(
        new OperatorModel("RFFT2D", "f32")
            .options("Rfft2dOptions")
            .x(1, 512)
            .ints(1, 512)
            .y(TensorType.COMPLEX64));
    return all;
  }

  private static byte[] segments(int rows) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * rows).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < rows; i++) {
      bytes.putInt(i / 8);
    }
    return bytes.array();
  }

  private static OperatorModel input(OperatorModel model, int boxes) {
    return model.x(TensorType.FLOAT32, corners(boxes), boxes, 4);
  }

  /** Boxes y1 x1 y2 x2 of a tenth to four tenths of the picture. */
  private static byte[] corners(int boxes) {
    Random random = new Random(2);
    ByteBuffer bytes = ByteBuffer.allocate(16 * boxes).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < boxes; i++) {
      float y = 0.6f * random.nextFloat();
      float x = 0.6f * random.nextFloat();
      float h = 0.1f + 0.3f * random.nextFloat();
      float w = 0.1f + 0.3f * random.nextFloat();
      bytes.putFloat(y).putFloat(x).putFloat(y + h).putFloat(x + w);
    }
    return bytes.array();
  }

  private static OperatorModel detection(boolean regular) {
    OperatorModel model =
        new OperatorModel("TFLite_Detection_PostProcess", "f32")
            .named(regular ? "regular" : "fast")
            .custom(
                TestFlexBuffer.map(
                    Map.ofEntries(
                        Map.entry("max_detections", 10),
                        Map.entry("max_classes_per_detection", 1),
                        Map.entry("detections_per_class", 100),
                        Map.entry("use_regular_nms", regular),
                        Map.entry("num_classes", 90),
                        Map.entry("nms_score_threshold", 0.3f),
                        Map.entry("nms_iou_threshold", 0.6f),
                        Map.entry("y_scale", 10f),
                        Map.entry("x_scale", 10f),
                        Map.entry("h_scale", 5f),
                        Map.entry("w_scale", 5f))));
    return model
        .x(1, BOXES, 4)
        .range(0, 0.4)
        .x(1, BOXES, 91)
        .range(0.05, 1)
        .c(BOXES, 4)
        .y()
        .y()
        .y()
        .y();
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.octet.benchmarks;

import dev.octet.TensorType;
import java.util.ArrayList;
import java.util.List;

/** Operators that change or tell no more than a shape. */
final class ShapingModels {
  private ShapingModels() {}

  static List<OperatorModel> all() {
    List<OperatorModel> all = new ArrayList<>();
    for (String kind : List.of("f32", "i8")) {
      all.add(
          new OperatorModel("RESHAPE", kind)
              .options("ReshapeOptions", "new_shape", new int[] {128, 12, 64})
              .x(1, 128, 768)
              .ints(128, 12, 64)
              .y());
      all.add(new OperatorModel("SQUEEZE", kind).options("SqueezeOptions").x(1, 128, 768).y());
      all.add(
          new OperatorModel("EXPAND_DIMS", kind)
              .options("ExpandDimsOptions")
              .x(1, 128, 768)
              .scalar(1)
              .y());
    }
    all.add(
        new OperatorModel("SHAPE", "f32")
            .options("ShapeOptions", "out_type", TensorType.INT32)
            .x(1, 128, 768)
            .y(TensorType.INT32));
    all.add(
        new OperatorModel("RANGE", "i32")
            .options("RangeOptions")
            .scalar(0)
            .range(128, 129)
            .x(new int[0])
            .scalar(1)
            .y());
    return all;
  }
}

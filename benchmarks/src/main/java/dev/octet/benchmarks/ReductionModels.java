// SPDX-License-Identifier: Apache-2.0
package dev.octet.benchmarks;

import dev.octet.TensorType;
import dev.octet.tflite.Padding;
import java.util.ArrayList;
import java.util.List;

/** Sums, greatest elements, pools and norms. */
final class ReductionModels {
  private ReductionModels() {}

  static List<OperatorModel> all() {
    List<OperatorModel> all = new ArrayList<>();
    for (String kind : List.of("f32", "i8", "u8", "i16", "i32")) {
      all.add(reduce("MEAN", kind, "7x7", new int[] {1, 7, 7, 1280}, 1, 2));
      all.add(reduce("MEAN", kind, "squeeze", new int[] {1, 56, 56, 64}, 1, 2));
      all.add(reduce("MEAN", kind, "rows", new int[] {1, 128, 768}, 2));
      all.add(reduce("SUM", kind, "rows", new int[] {1, 128, 768}, 2));
      all.add(reduce("SUM", kind, "columns", new int[] {1, 128, 768}, 1));
    }
    for (String kind : List.of("f32", "i8", "i16", "i32")) {
      all.add(reduce("REDUCE_MAX", kind, "rows", new int[] {1, 128, 768}, 2));
      all.add(reduce("REDUCE_MAX", kind, "7x7", new int[] {1, 7, 7, 1280}, 1, 2));
      all.add(reduce("REDUCE_MIN", kind, "rows", new int[] {1, 128, 768}, 2));
    }
    all.add(reduce("REDUCE_PROD", "f32", "rows", new int[] {1, 128, 768}, 2));
    all.add(reduce("REDUCE_ANY", "bool", "rows", new int[] {1, 128, 768}, 2));
    all.add(reduce("REDUCE_ALL", "bool", "rows", new int[] {1, 128, 768}, 2));
    for (String kind : List.of("f32", "i8", "u8", "i32")) {
      all.add(arg("ARG_MAX", kind, -1, 1, 1001));
      all.add(arg("ARG_MAX", kind, -1, 1, 257, 257, 21));
      all.add(arg("ARG_MIN", kind, -1, 1, 128, 768));
    }
    for (String kind : List.of("f32", "i8", "i16")) {
      softmax(all, kind, 1, 12, 128, 128);
      softmax(all, kind, 1, 1001);
      softmax(all, kind, 1, 1917, 91);
    }
    all.add(new OperatorModel("LOG_SOFTMAX", "f32").options("LogSoftmaxOptions").x(1, 1001).y());
    all.add(
        new OperatorModel("LOG_SOFTMAX", "i8")
            .options("LogSoftmaxOptions")
            .x(1, 1001)
            .y(TensorType.INT8, 16f / 256, 127));
    all.add(new OperatorModel("L2_NORMALIZATION", "f32").options("L2NormOptions").x(128, 512).y());
    all.add(
        new OperatorModel("L2_NORMALIZATION", "i8")
            .options("L2NormOptions")
            .x(128, 512)
            .y(TensorType.INT8, 1f / 128, 0));
    all.add(
        new OperatorModel("LOCAL_RESPONSE_NORMALIZATION", "f32")
            .options(
                "LocalResponseNormalizationOptions",
                "radius",
                5,
                "bias",
                1f,
                "alpha",
                1e-4f,
                "beta",
                0.75f)
            .x(1, 55, 55, 96)
            .y());
    for (String kind : List.of("f32", "i8", "i16")) {
      pool(all, "AVERAGE_POOL_2D", kind, 7, 7, 1, 7, 7, 1280);
      pool(all, "AVERAGE_POOL_2D", kind, 3, 1, 1, 28, 28, 128);
      pool(all, "MAX_POOL_2D", kind, 2, 2, 1, 56, 56, 64);
      pool(all, "MAX_POOL_2D", kind, 3, 2, 1, 112, 112, 64);
    }
    pool(all, "L2_POOL_2D", "f32", 3, 2, 1, 56, 56, 64);
    for (String kind : List.of("f32", "i32")) {
      all.add(
          new OperatorModel("CUMSUM", kind)
              .named("axis 2")
              .options("CumsumOptions")
              .x(1, 128, 768)
              .scalar(2)
              .y());
      all.add(
          new OperatorModel("CUMSUM", kind)
              .named("axis 1")
              .options("CumsumOptions")
              .x(1, 128, 768)
              .scalar(1)
              .y());
    }
    return all;
  }

  private static OperatorModel reduce(
      String operator, String kind, String name, int[] shape, int... axes) {
    return new OperatorModel(operator, kind)
        .named(name)
        .options("ReducerOptions", "keep_dims", true)
        .x(shape)
        .ints(axes)
        .y();
  }

  private static OperatorModel arg(String operator, String kind, int axis, int... shape) {
    String options = operator.equals("ARG_MAX") ? "ArgMaxOptions" : "ArgMinOptions";
    return new OperatorModel(operator, kind)
        .options(options, "output_type", TensorType.INT32)
        .x(shape)
        .scalar(axis)
        .y(TensorType.INT32);
  }

  private static void softmax(List<OperatorModel> all, String kind, int... shape) {
    OperatorModel model =
        new OperatorModel("SOFTMAX", kind).options("SoftmaxOptions", "beta", 1f).x(shape);
    all.add(
        switch (kind) {
          case "i8" -> model.y(TensorType.INT8, 1f / 256, -128);
          case "i16" -> model.y(TensorType.INT16, 1f / 32768, 0);
          default -> model.y();
        });
  }

  private static void pool(
      List<OperatorModel> all, String operator, String kind, int size, int stride, int... shape) {
    all.add(
        new OperatorModel(operator, kind)
            .named(size + "x" + size + " stride " + stride)
            .options(
                "Pool2DOptions",
                "padding",
                size == 7 ? Padding.VALID : Padding.SAME,
                "stride_w",
                stride,
                "stride_h",
                stride,
                "filter_width",
                size,
                "filter_height",
                size)
            .x(shape)
            .y());
  }
}

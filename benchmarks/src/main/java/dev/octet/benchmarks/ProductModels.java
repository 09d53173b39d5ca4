// SPDX-License-Identifier: Apache-2.0
package dev.octet.benchmarks;

import dev.octet.TensorType;
import dev.octet.tflite.Padding;
import java.util.ArrayList;
import java.util.List;

/** Convolutions and matrix products. */
final class ProductModels {
  private static final List<String> KINDS = List.of("f32", "i8", "i16x8", "hybrid");

  private ProductModels() {}

  static List<OperatorModel> all() {
    List<OperatorModel> all = new ArrayList<>();
    for (String kind : KINDS) {
      all.add(conv(kind, 3, 2, 1, 224, 224, 3, 32));
      all.add(conv(kind, 1, 1, 1, 56, 56, 64, 128));
      all.add(conv(kind, 3, 1, 1, 28, 28, 64, 64));
      all.add(conv(kind, 1, 1, 1, 7, 7, 320, 1280));
      all.add(depthwise(kind, 1, 56, 56, 128));
      all.add(depthwise(kind, 2, 112, 112, 64));
      all.add(connected(kind, 1, 1280, 1001));
      all.add(connected(kind, 128, 768, 768));
    }
    for (String kind : List.of("f32", "i8", "i16x8")) {
      all.add(transposed(kind));
    }
    for (String kind : List.of("f32", "i8", "i16")) {
      all.add(batch(kind, true, 8, 128, 64, 128));
      all.add(batch(kind, false, 8, 128, 128, 64));
    }
    all.add(
        new OperatorModel("BATCH_MATMUL", "hybrid")
            .options("BatchMatMulOptions", "adj_y", true)
            .x(1, 128, 768)
            .weights(TensorType.INT8, 768, 768)
            .y());
    all.add(
        new OperatorModel("CONV_3D", "f32")
            .options(
                "Conv3DOptions",
                "padding",
                Padding.SAME,
                "stride_d",
                1,
                "stride_h",
                1,
                "stride_w",
                1)
            .x(1, 8, 28, 28, 16)
            .c(3, 3, 3, 16, 32)
            .c(32)
            .y());
    return all;
  }

  private static TensorType weights(OperatorModel model) {
    return model.kind().equals("f32") ? TensorType.FLOAT32 : TensorType.INT8;
  }

  private static OperatorModel y(OperatorModel model) {
    return model.type() == TensorType.INT16
        ? model.y(TensorType.INT16, 0.01f, 0)
        : model.y(model.type(), 0.5f, 0);
  }

  private static OperatorModel conv(
      String kind, int size, int stride, int n, int h, int w, int ci, int co) {
    OperatorModel model =
        new OperatorModel("CONV_2D", kind)
            .named(size + "x" + size + "x" + co + (stride == 1 ? "" : " stride " + stride))
            .options(
                "Conv2DOptions", "padding", Padding.SAME, "stride_w", stride, "stride_h", stride)
            .x(n, h, w, ci);
    return y(model.channelWeights(weights(model), 0, co, size, size, ci).bias(true, co));
  }

  private static OperatorModel depthwise(String kind, int stride, int h, int w, int c) {
    OperatorModel model =
        new OperatorModel("DEPTHWISE_CONV_2D", kind)
            .named("3x3" + (stride == 1 ? "" : " stride " + stride))
            .options(
                "DepthwiseConv2DOptions",
                "padding",
                Padding.SAME,
                "stride_w",
                stride,
                "stride_h",
                stride,
                "depth_multiplier",
                1)
            .x(1, h, w, c);
    return y(model.channelWeights(weights(model), 3, 1, 3, 3, c).bias(true, c));
  }

  private static OperatorModel connected(String kind, int m, int k, int n) {
    OperatorModel model =
        new OperatorModel("FULLY_CONNECTED", kind)
            .named("by " + n)
            .options("FullyConnectedOptions")
            .x(m, k);
    return y(model.weights(weights(model), n, k).bias(false, n));
  }

  private static OperatorModel transposed(String kind) {
    OperatorModel model =
        new OperatorModel("TRANSPOSE_CONV", kind)
            .named("3x3x32 stride 2")
            .options("TransposeConvOptions", "padding", Padding.SAME, "stride_w", 2, "stride_h", 2)
            .ints(1, 56, 56, 32);
    return y(model.channelWeights(weights(model), 0, 32, 3, 3, 64).x(1, 28, 28, 64).bias(true, 32));
  }

  private static OperatorModel batch(String kind, boolean adjoint, int b, int m, int k, int n) {
    OperatorModel model =
        new OperatorModel("BATCH_MATMUL", kind)
            .named("by " + n)
            .options("BatchMatMulOptions", "adj_y", adjoint)
            .x(b, m, k);
    return y(adjoint ? model.x(b, n, k) : model.x(b, k, n));
  }
}

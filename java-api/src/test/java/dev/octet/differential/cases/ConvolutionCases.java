// SPDX-License-Identifier: Apache-2.0
package dev.octet.differential.cases;

import static dev.octet.differential.cases.SingleOp.in;

import dev.octet.TensorType;
import dev.octet.tflite.BuiltinOperator;
import dev.octet.tflite.Padding;
import dev.octet.tflite.Table;
import dev.octet.tflite.TestModel;
import java.util.List;
import java.util.stream.Stream;

/** CONV_2D, DEPTHWISE_CONV_2D and TRANSPOSE_CONV. */
final class ConvolutionCases implements OpCases {
  @Override
  public List<OpGenerator> generators() {
    return Stream.of(
            Stream.of("f32", "i8", "i8pc", "u8", "i16x8", "i16x8/i64", "hybrid", "f16w", "i4w")
                .map(kind -> new OpGenerator("CONV_2D", kind, m -> convolution(m, kind))),
            Stream.of("f32", "i8", "i8pc", "u8", "i16x8/i64", "hybrid", "f16w", "i4w")
                .map(kind -> new OpGenerator("DEPTHWISE_CONV_2D", kind, m -> depthwise(m, kind))),
            Stream.of("f32", "i8", "i8pc", "u8", "i16x8", "i16x8/i64", "hybrid", "f16w")
                .map(kind -> new OpGenerator("TRANSPOSE_CONV", kind, m -> transposed(m, kind))))
        .flatMap(generators -> generators)
        .toList();
  }

  /** The window's part of the options, and the input that it slides over. */
  private record Place(Table.Builder options, int[] input, int kh, int kw) {
    static Place of(SingleOp m, String table, int channels) {
      int kh = m.number(1, 4);
      int kw = m.number(1, 4);
      int dilation = m.chance(0.3) ? 2 : 1;
      int stride = dilation == 1 ? m.number(1, 3) : 1;
      int h = m.number((kh - 1) * dilation + 1, 14);
      int w = m.number((kw - 1) * dilation + 1, 14);
      Table.Builder options =
          Table.builder(table)
              .set("padding", m.any(Padding.values()))
              .set("stride_h", stride)
              .set("stride_w", stride)
              .set("dilation_h_factor", dilation)
              .set("dilation_w_factor", dilation)
              .set("fused_activation_function", m.activation());
      return new Place(options, new int[] {m.number(1, 2), h, w, channels}, kh, kw);
    }
  }

  private static void convolution(SingleOp m, String kind) {
    int groups = m.chance(0.2) ? m.number(2, 3) : 1;
    boolean deep = m.chance(0.1);
    int ci = deep ? m.number(100, 300) : m.number(1, 9);
    int co = groups * m.number(1, groups > 1 ? 6 : 20);
    Place place = Place.of(m, "Conv2DOptions", groups * ci);
    int products = place.kh() * place.kw() * ci;
    int[] filter = {co, place.kh(), place.kw(), ci};
    ConvolutionParts parts = ConvolutionParts.of(m, kind, place.input(), filter, 0, products);
    if (parts.biasType() != TensorType.FLOAT32) {
      place.options().set("quantized_bias_type", parts.biasType());
    }
    m.operator(
        BuiltinOperator.CONV_2D,
        m.number(1, 8),
        place.options().build(),
        in(parts.x(), parts.w(), parts.bias()),
        parts.y());
  }

  private static void depthwise(SingleOp m, String kind) {
    int ci = m.chance(0.2) ? m.number(17, 70) : m.number(1, 9);
    int multiplier = m.chance(0.5) ? 1 : m.number(2, 4);
    Place place = Place.of(m, "DepthwiseConv2DOptions", ci);
    place.options().set("depth_multiplier", multiplier);
    int[] filter = {1, place.kh(), place.kw(), ci * multiplier};
    ConvolutionParts parts =
        ConvolutionParts.of(m, kind, place.input(), filter, 3, place.kh() * place.kw());
    m.operator(
        BuiltinOperator.DEPTHWISE_CONV_2D,
        m.number(1, 7),
        place.options().build(),
        in(parts.x(), parts.w(), parts.bias()),
        parts.y());
  }

  private static void transposed(SingleOp m, String kind) {
    int ci = m.chance(0.1) ? m.number(100, 200) : m.number(1, 9);
    int[] k = {m.number(1, 5), m.number(1, 5)};
    int[] stride = {m.number(1, 3), m.number(1, 3)};
    int[] x = {m.number(1, 2), m.number(1, 6), m.number(1, 6), ci};
    Padding padding = m.any(Padding.values());
    int[] y = {x[0], 0, 0, m.number(1, 20)};
    for (int i = 0; i < 2; i++) {
      // a size of which a convolution makes that of x
      int most =
          (x[1 + i] - 1) * stride[i] + (padding == Padding.SAME ? stride[i] : k[i] + stride[i] - 1);
      y[1 + i] = most - m.number(0, stride[i] - 1);
    }
    int products = (k[0] / stride[0] + 1) * (k[1] / stride[1] + 1) * ci;
    ConvolutionParts parts =
        ConvolutionParts.of(m, kind, x, new int[] {y[3], k[0], k[1], ci}, 0, products);
    Table.Builder options =
        Table.builder("TransposeConvOptions")
            .set("padding", padding)
            .set("stride_h", stride[0])
            .set("stride_w", stride[1])
            .set("fused_activation_function", m.activation());
    if (parts.biasType() != TensorType.FLOAT32) {
      options.set("quantized_bias_type", parts.biasType());
    }
    int shape =
        m.chance(0.8)
            ? m.ints(y)
            : m.input(TensorType.INT32, () -> SingleOp.bytes(TestModel.ints(y)), 4);
    int[] inputs =
        m.chance(0.7)
            ? in(shape, parts.w(), parts.x(), parts.bias())
            : in(shape, parts.w(), parts.x());
    m.operator(BuiltinOperator.TRANSPOSE_CONV, m.number(1, 4), options.build(), inputs, parts.y());
  }
}

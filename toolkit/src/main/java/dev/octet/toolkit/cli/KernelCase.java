// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.cli;

import dev.octet.TensorType;
import dev.octet.tflite.BuiltinOperator;
import dev.octet.tflite.Padding;
import dev.octet.tflite.Table;
import dev.octet.tflite.TfliteQuantization;
import dev.octet.toolkit.model.EditableGraph;
import dev.octet.toolkit.model.EditableModel;
import dev.octet.toolkit.model.EditableOperator;
import dev.octet.toolkit.model.EditableTensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One operator of a wanted shape, so that the kernels for it can be compared: {@code gemm_T m,n,k}
 * (FULLY_CONNECTED), {@code conv_T h,w,ci,co,kh,kw,stride} (CONV_2D, SAME padding, RELU; gemm_T
 * takes these too) and {@code dwconv_T h,w,c,kh,kw,stride} (DEPTHWISE_CONV_2D), where T is i8, i16
 * (by int8 weights) or f32.
 */
record KernelCase(String family, TensorType type, List<Integer> dims) {
  private static final Pattern FAMILY = Pattern.compile("(gemm|conv|dwconv)_(i8|i16|f32)");
  private static final int MOST = 1 << 16;
  private static final float SCALE = 0.01f;

  /**
   * @throws IllegalArgumentException that says what there is
   */
  static KernelCase parse(String family, String text) {
    Matcher matcher = FAMILY.matcher(family);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "'" + family + "' is not gemm, conv or dwconv with _i8, _i16 or _f32");
    }
    List<Integer> dims;
    try {
      dims = Arrays.stream(text.split(",")).map(each -> Integer.valueOf(each.strip())).toList();
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("'" + text + "' is not numbers between commas", e);
    }
    TensorType type =
        switch (matcher.group(2)) {
          case "i8" -> TensorType.INT8;
          case "i16" -> TensorType.INT16;
          default -> TensorType.FLOAT32;
        };
    boolean fits =
        switch (matcher.group(1)) {
          case "gemm" -> dims.size() == 3 || dims.size() == 7;
          case "conv" -> dims.size() == 7;
          default -> dims.size() == 6;
        };
    if (!fits) {
      throw new IllegalArgumentException(
          family
              + " takes "
              + (family.startsWith("dw")
                  ? "h,w,c,kh,kw,stride"
                  : (family.startsWith("g") ? "m,n,k or " : "") + "h,w,ci,co,kh,kw,stride")
              + ", not "
              + dims.size()
              + " numbers");
    }
    KernelCase result = new KernelCase(family, type, dims);
    if (dims.stream().anyMatch(d -> d < 1 || d > MOST) || result.macs() > 1L << 40) {
      throw new IllegalArgumentException("dimensions " + text + " are not 1 to " + MOST);
    }
    return result;
  }

  private int dim(int i) {
    return dims.get(i);
  }

  private boolean depthwise() {
    return dims.size() == 6;
  }

  private int stride() {
    return dim(dims.size() - 1);
  }

  /** Rows or columns of the output. */
  private int outputs(int axis) {
    return (dim(axis) + stride() - 1) / stride();
  }

  private long pixels() {
    return (long) outputs(0) * outputs(1);
  }

  /** Multiplications with additions of one run. */
  long macs() {
    if (dims.size() == 3) {
      return (long) dim(0) * dim(1) * dim(2);
    }
    return depthwise()
        ? pixels() * dim(2) * dim(3) * dim(4)
        : pixels() * dim(2) * dim(3) * dim(4) * dim(5);
  }

  /** What the operator is, in words. */
  String describe() {
    if (dims.size() == 3) {
      return String.format("FULLY_CONNECTED, %d rows of %d by %d", dim(0), dim(2), dim(1));
    }
    String image = String.format("%d x %d x %d", dim(0), dim(1), dim(2));
    return depthwise()
        ? String.format("DEPTHWISE_CONV_2D %d x %d on %s, stride %d", dim(3), dim(4), image, dim(5))
        : String.format(
            "CONV_2D %d x %d x %d on %s, stride %d", dim(4), dim(5), dim(3), image, dim(6));
  }

  /** A model of the operator, with seeded random weights. */
  byte[] model() {
    Random random = new Random(1);
    boolean product = dims.size() == 3;
    int h = product ? 0 : outputs(0);
    int w = product ? 0 : outputs(1);
    EditableTensor x =
        product
            ? new EditableTensor("x", type, dim(0), dim(2))
            : new EditableTensor("x", type, 1, dim(0), dim(1), dim(2));
    int channels = product ? dim(1) : depthwise() ? dim(2) : dim(3);
    EditableTensor y =
        product
            ? new EditableTensor("y", type, dim(0), channels)
            : new EditableTensor("y", type, 1, h, w, channels);
    int[] shape =
        product
            ? new int[] {channels, dim(2)}
            : depthwise()
                ? new int[] {1, dim(3), dim(4), channels}
                : new int[] {channels, dim(4), dim(5), dim(2)};
    int terms = Arrays.stream(shape).reduce(1, Math::multiplyExact) / channels;
    boolean integer = type != TensorType.FLOAT32;
    EditableTensor weights =
        new EditableTensor("w", integer ? TensorType.INT8 : type, shape)
            .data(bytes(random, channels * terms, integer ? 1 : 4));
    TensorType sums = type == TensorType.INT16 ? TensorType.INT64 : TensorType.INT32;
    EditableTensor bias = new EditableTensor("bias", integer ? sums : type, channels);
    bias.data(ByteBuffer.allocate(channels * (integer ? sums.bytes() : 4)));
    if (integer) {
      int zero = type == TensorType.INT8 ? -3 : 0;
      x.quantization(scales(1, SCALE, zero, 0));
      weights.quantization(scales(channels, SCALE, 0, depthwise() ? 3 : 0));
      bias.quantization(scales(channels, SCALE * SCALE, 0, 0));
      // so that sums of random bytes, of a deviation of 74 times 74, fill the range of the output
      y.quantization(scales(1, (float) (SCALE * SCALE * 80 * Math.sqrt(terms)), zero, 0));
    }
    EditableGraph graph = new EditableGraph("main");
    graph.inputs().add(x);
    graph.outputs().add(y);
    graph
        .operators()
        .add(
            new EditableOperator(operator(product), List.of(x, weights, bias), List.of(y))
                .version(version(product))
                .options(options(product)));
    return new EditableModel(family, graph).toBytes();
  }

  private BuiltinOperator operator(boolean product) {
    return product
        ? BuiltinOperator.FULLY_CONNECTED
        : depthwise() ? BuiltinOperator.DEPTHWISE_CONV_2D : BuiltinOperator.CONV_2D;
  }

  private int version(boolean product) {
    return type == TensorType.FLOAT32 ? 1 : type == TensorType.INT8 ? 4 : product ? 11 : 5;
  }

  private Table options(boolean product) {
    if (product) {
      return Table.of("FullyConnectedOptions");
    }
    Table.Builder options =
        Table.builder(depthwise() ? "DepthwiseConv2DOptions" : "Conv2DOptions")
            .set("padding", Padding.SAME)
            .set("stride_w", stride())
            .set("stride_h", stride());
    return (depthwise() ? options.set("depth_multiplier", 1) : options).build();
  }

  private static TfliteQuantization scales(int count, float scale, int zero, int dimension) {
    float[] scales = new float[count];
    Arrays.fill(scales, scale);
    int[] zeros = Collections.nCopies(count, zero).stream().mapToInt(z -> z).toArray();
    return new TfliteQuantization(new float[0], new float[0], scales, zeros, dimension, null);
  }

  private static ByteBuffer bytes(Random random, int count, int width) {
    ByteBuffer buffer = ByteBuffer.allocate(count * width).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < count; i++) {
      if (width == 1) {
        buffer.put((byte) (random.nextInt(255) - 127));
      } else {
        buffer.putFloat(random.nextFloat() - 0.5f);
      }
    }
    return buffer.flip();
  }
}

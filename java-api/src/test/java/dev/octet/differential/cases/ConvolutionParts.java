// SPDX-License-Identifier: Apache-2.0
package dev.octet.differential.cases;

import dev.octet.TensorType;
import dev.octet.tflite.BuiltinOperator;
import dev.octet.tflite.Table;
import dev.octet.tflite.TestModel;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The tensors of a convolution or matrix product of one kind of elements, in the words of {@code
 * OpSpec.types}, with scales that spread the outputs over their type.
 *
 * @param w after a DEQUANTIZE where the weights are float16
 * @param bias -1 when there is none
 */
record ConvolutionParts(int x, int w, int bias, int y, TensorType biasType) {
  private static final double EXTREMES = 0.15;

  /**
   * Adds them.
   *
   * @param products how many go into an output
   * @param channelAxis the axis of the output channels in the weights
   */
  static ConvolutionParts of(
      SingleOp m, String kind, int[] xShape, int[] wShape, int channelAxis, int products) {
    TensorType type =
        switch (kind) {
          case "f32", "f16w", "hybrid" -> TensorType.FLOAT32;
          case "u8" -> TensorType.UINT8;
          case "i16x8", "i16x8/i64" -> TensorType.INT16;
          case "i4w" ->
              channelAxis == 3 ? TensorType.INT8 : m.any(TensorType.INT8, TensorType.FLOAT32);
          default -> TensorType.INT8;
        };
    int co = wShape[channelAxis];
    boolean real = type == TensorType.FLOAT32;
    boolean extremes = m.chance(EXTREMES);
    float xScale = real ? 1 : type == TensorType.INT16 ? m.scale(1e-5, 1e-3) : m.scale(0.01, 0.1);
    int x = m.input(type, () -> x(m, type, product(xShape), extremes), xShape);
    m.quantize(x, type, xScale, m.zero(type));
    if (kind.equals("f32") || kind.equals("f16w")) {
      // so that sums are about as great as the limits of a fused activation
      double size = 0.5 / Math.sqrt(products);
      int bias = m.constant(type, gaussian(m, co, 0.1), co);
      int w =
          kind.equals("f32")
              ? m.constant(type, gaussian(m, product(wShape), size), wShape)
              : half(m, size, wShape);
      return new ConvolutionParts(x, w, bias, m.output(type), type);
    }
    boolean int4 = kind.equals("i4w");
    TensorType wType =
        int4 ? TensorType.INT4 : type == TensorType.UINT8 ? TensorType.UINT8 : TensorType.INT8;
    int w = m.constant(wType, weights(m, wType, product(wShape), extremes), wShape);
    // the built-in hybrid DEPTHWISE_CONV_2D reads a single scale as if there were more
    boolean several = kind.equals("hybrid") && channelAxis == 3;
    boolean single = kind.equals("i8") || kind.equals("u8");
    boolean perChannel = several || kind.equals("i8pc") || !single && m.chance(0.7);
    float[] scales = new float[perChannel ? co : 1];
    float[] biasScales = new float[scales.length];
    float base = m.scale(0.001, 0.1);
    for (int c = 0; c < scales.length; c++) {
      scales[c] = base * m.scale(0.5, 2);
      biasScales[c] = xScale * scales[c];
    }
    long[] zeros = new long[scales.length];
    if (type == TensorType.UINT8) {
      zeros[0] = m.number(1, 255);
    }
    m.graph().quantize(w, scales, zeros, perChannel ? channelAxis : 0);
    double sum = deviation(type) * deviation(wType) * Math.sqrt(products) * (extremes ? 3 : 1);
    TensorType biasType =
        real ? TensorType.FLOAT32 : kind.equals("i16x8/i64") ? TensorType.INT64 : TensorType.INT32;
    int bias;
    if (real) {
      bias = m.constant(biasType, gaussian(m, co, 0.1), co);
      return new ConvolutionParts(x, w, bias, m.output(type), biasType);
    }
    int reach = (int) Math.min(1e9, sum);
    bias = m.constant(biasType, m.integers(biasType, co, -reach, reach), co);
    m.graph().quantize(bias, biasScales, new long[biasScales.length], 0);
    float yScale = (float) (xScale * base * sum / deviation(type) * m.scale(0.5, 4));
    return new ConvolutionParts(x, w, bias, m.quantizedOutput(type, yScale), biasType);
  }

  private static int product(int[] shape) {
    return SingleOp.product(shape);
  }

  /** Of random elements, roughly. */
  private static double deviation(TensorType type) {
    return switch (type) {
      case FLOAT32 -> 1;
      case INT4 -> 4;
      case INT16 -> 19000;
      default -> 74;
    };
  }

  private static byte[] x(SingleOp m, TensorType type, int count, boolean extremes) {
    if (!extremes || type == TensorType.FLOAT32) {
      return m.contents(type, count);
    }
    ByteBuffer bytes = ByteBuffer.allocate(count * type.bytes()).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < count; i++) {
      boolean low = m.chance(0.3);
      switch (type) {
        case INT16 -> bytes.putShort(low ? Short.MIN_VALUE : Short.MAX_VALUE);
        case UINT8 -> bytes.put((byte) (low ? 0 : 255));
        default -> bytes.put(low ? Byte.MIN_VALUE : Byte.MAX_VALUE);
      }
    }
    return bytes.array();
  }

  private static byte[] weights(SingleOp m, TensorType type, int count, boolean extremes) {
    int least = type == TensorType.UINT8 ? 0 : type == TensorType.INT4 ? -7 : -127;
    int greatest = type == TensorType.UINT8 ? 255 : -least;
    int[] values = new int[count];
    for (int i = 0; i < count; i++) {
      values[i] = extremes ? (m.chance(0.2) ? least : greatest) : m.number(least, greatest);
    }
    byte[] bytes = new byte[type == TensorType.INT4 ? (count + 1) / 2 : count];
    for (int i = 0; i < count; i++) {
      if (type == TensorType.INT4) {
        bytes[i / 2] |= (byte) ((values[i] & 15) << 4 * (i % 2));
      } else {
        bytes[i] = (byte) values[i];
      }
    }
    return bytes;
  }

  private static byte[] gaussian(SingleOp m, int count, double deviation) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) (deviation * m.random().nextGaussian());
    }
    return SingleOp.bytes(TestModel.floats(values));
  }

  private static int half(SingleOp m, double size, int[] shape) {
    int exponent = 15 + Math.getExponent(size);
    ByteBuffer halves = ByteBuffer.allocate(2 * product(shape)).order(ByteOrder.LITTLE_ENDIAN);
    while (halves.hasRemaining()) {
      halves.putShort((short) (m.number(0, 1) << 15 | exponent << 10 | m.number(0, 1023)));
    }
    int half = m.constant(TensorType.FLOAT16, halves.array(), shape);
    int w = m.graph().tensor("w", TensorType.FLOAT32, shape);
    m.operator(BuiltinOperator.DEQUANTIZE, 3, Table.of("DequantizeOptions"), new int[] {half}, w);
    return w;
  }
}

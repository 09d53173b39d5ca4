// SPDX-License-Identifier: Apache-2.0
package dev.octet.differential.cases;

import static dev.octet.differential.cases.SingleOp.in;

import dev.octet.TensorType;
import dev.octet.tflite.BuiltinOperator;
import dev.octet.tflite.Table;
import java.util.List;

/** SOFTMAX, LOG_SOFTMAX, L2_NORMALIZATION, LOCAL_RESPONSE_NORMALIZATION. */
final class SoftmaxCases implements OpCases {
  @Override
  public List<OpGenerator> generators() {
    return List.of(
        new OpGenerator("SOFTMAX", "f32", m -> softmax(m, TensorType.FLOAT32)),
        new OpGenerator("SOFTMAX", "i8", m -> softmax(m, TensorType.INT8)),
        new OpGenerator("SOFTMAX", "u8", m -> softmax(m, TensorType.UINT8)),
        new OpGenerator("SOFTMAX", "i16", m -> softmax(m, TensorType.INT16)),
        new OpGenerator("LOG_SOFTMAX", "f32", m -> logSoftmax(m, TensorType.FLOAT32)),
        new OpGenerator("LOG_SOFTMAX", "i8", m -> logSoftmax(m, TensorType.INT8)),
        new OpGenerator("LOG_SOFTMAX", "u8", m -> logSoftmax(m, TensorType.UINT8)),
        new OpGenerator("L2_NORMALIZATION", "f32", m -> l2(m, TensorType.FLOAT32)),
        new OpGenerator("L2_NORMALIZATION", "i8", m -> l2(m, TensorType.INT8)),
        new OpGenerator("L2_NORMALIZATION", "u8", m -> l2(m, TensorType.UINT8)),
        new OpGenerator("LOCAL_RESPONSE_NORMALIZATION", "f32", SoftmaxCases::localResponse));
  }

  /** One to four dimensions, the last one short or long. */
  private static int[] shape(SingleOp m) {
    int[] shape = m.shape(m.number(1, 4), 4);
    shape[shape.length - 1] = m.chance(0.5) ? m.number(1, 20) : m.number(1, 1200);
    return shape;
  }

  private static void softmax(SingleOp m, TensorType type) {
    boolean wide = type == TensorType.INT16;
    float scale = wide ? m.scale(1e-5, 5e-3) : m.scale(0.005, 0.5);
    int x = m.quantizedInput(type, scale, shape(m));
    boolean toInt16 = type.bytes() == 1 && m.chance(0.2);
    int y;
    if (toInt16) {
      y =
          m.quantize(
              m.output(TensorType.INT16),
              TensorType.INT16,
              m.any(1f / 65536, 1f / 32768, 0.00001f),
              m.any(0, -32768));
    } else {
      float share = wide ? 1f / 32768 : 1f / 256;
      y = m.quantize(m.output(type), type, share, type == TensorType.INT8 ? -128 : 0);
    }
    m.operator(
        BuiltinOperator.SOFTMAX,
        wide ? 3 : 2,
        Table.builder("SoftmaxOptions").set("beta", m.chance(0.5) ? 1f : m.scale(0.3, 2)).build(),
        in(x),
        y);
  }

  private static void logSoftmax(SingleOp m, TensorType type) {
    int x = m.quantizedInput(type, m.scale(0.005, 0.5), shape(m));
    int y = m.quantize(m.output(type), type, 1f / 16, type == TensorType.INT8 ? 127 : 255);
    m.operator(BuiltinOperator.LOG_SOFTMAX, 2, Table.of("LogSoftmaxOptions"), in(x), y);
  }

  private static void l2(SingleOp m, TensorType type) {
    int[] shape = shape(m);
    int count = SingleOp.product(shape);
    boolean near = type != TensorType.FLOAT32 && m.chance(0.3);
    int zero = m.zero(type);
    int least = type == TensorType.INT8 ? -128 : 0;
    int most = least + 255;
    // numbers near the zero point have small sums of squares
    int x =
        near
            ? m.input(
                type,
                () -> m.integers(type, count, Math.max(least, zero - 1), Math.min(most, zero + 1)),
                shape)
            : m.input(type, shape);
    m.quantize(x, type, m.scale(0.005, 0.5), zero);
    int y = m.quantize(m.output(type), type, 1f / 128, type == TensorType.INT8 ? 0 : 128);
    m.operator(BuiltinOperator.L2_NORMALIZATION, 2, Table.of("L2NormOptions"), in(x), y);
  }

  private static void localResponse(SingleOp m) {
    int x =
        m.input(
            TensorType.FLOAT32, m.number(1, 2), m.number(1, 5), m.number(1, 5), m.number(1, 100));
    m.operator(
        BuiltinOperator.LOCAL_RESPONSE_NORMALIZATION,
        1,
        Table.builder("LocalResponseNormalizationOptions")
            .set("radius", m.chance(0.2) ? m.number(0, 120) : m.number(0, 6))
            .set("bias", m.real(0.5, 2))
            .set("alpha", m.scale(1e-4, 1))
            .set("beta", m.any(0.5f, 0.75f, 1f, m.real(0.1, 2)))
            .build(),
        in(x),
        m.output(TensorType.FLOAT32));
  }
}

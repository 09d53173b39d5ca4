// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.quantize;

import dev.octet.TensorType;
import dev.octet.tflite.TfliteQuantization;
import dev.octet.toolkit.model.EditableTensor;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.function.Supplier;

/**
 * Weights as signed integers, symmetric: {@code real = scale * q} with {@code q} in {@code [-127,
 * 127]}, with 4 bits in {@code [-7, 7]}. One scale for the tensor or one for each index of an axis.
 *
 * <pre>
 * m     = max |w| over the channel
 * scale = (float) m / 127                    (7 with 4 bits)
 * q     = clamp(round(w * (1 / scale)))      in float32, halves away from zero
 * </pre>
 *
 * This is TensorFlow's {@code SymmetricPerChannelQuantizeValues}, and what its converter's files of
 * static quantization show bit for bit. For dynamic ranges the converter computes in float64:
 * {@link #precise}.
 *
 * @param values one {@code q} each, also with 4 bits, in the order of the weights
 * @param scales one, or one for each index of {@code axis}
 * @param axis the dimension of the scales, or {@link #PER_TENSOR}
 * @param bits 8 or 4
 */
public record WeightQuantization(byte[] values, float[] scales, int axis, int bits) {
  /** In place of an axis: one scale for all. */
  public static final int PER_TENSOR = -1;

  /** What becomes of a channel whose weights are all zero or nearly so. */
  public enum NearZero {
    /**
     * {@code m} is at least 5e-7 where {@code 2 m <= 1e-6}, so that the scale is at least 3.9e-9:
     * TensorFlow's converter since 2.3 (MLIR's {@code ExpandVerySmallRange}).
     */
    WIDENED,
    /**
     * As any other channel; all zeros have scale 1. TensorFlow's older quantizer, which made the
     * published MLPerf Tiny models, writes scale 0 for these, which no reader should accept.
     */
    AS_THEY_ARE
  }

  private static final double WIDENED_MAX = 5e-7;

  /**
   * Quantizes.
   *
   * @param weights finite, in C order
   * @param shape their dimensions
   * @param axis a dimension, or {@link #PER_TENSOR}
   * @param bits 8 or 4
   * @throws IllegalArgumentException if a weight is NaN or infinite
   */
  public static WeightQuantization of(
      float[] weights, int[] shape, int axis, int bits, NearZero nearZero) {
    float[] scales = maxima(weights, shape, axis);
    for (int c = 0; c < scales.length; c++) {
      scales[c] = scale(scales[c], bits, nearZero);
    }
    return of(weights, shape, axis, bits, scales);
  }

  /**
   * Quantizes with given scales: those of {@link #scale}, or greater where a bias would overflow.
   */
  public static WeightQuantization of(
      float[] weights, int[] shape, int axis, int bits, float[] scales) {
    float[] inverses = new float[scales.length];
    for (int c = 0; c < scales.length; c++) {
      inverses[c] = 1f / scales[c];
    }
    return of(weights, shape, axis, bits, scales, inverses);
  }

  /**
   * Quantizes with given scales and factors. TensorFlow multiplies by {@code (float) 127 / m} where
   * there is one scale and in its older quantizer, which can differ from {@code 1 / scale} in the
   * last place and then moves a weight that lies half way.
   */
  public static WeightQuantization of(
      float[] weights, int[] shape, int axis, int bits, float[] scales, float[] inverses) {
    int limit = limit(bits);
    int inner = inner(shape, axis);
    int channels = scales.length;
    byte[] values = new byte[weights.length];
    for (int at = 0, c = 0; at < weights.length; c = c + 1 == channels ? 0 : c + 1) {
      float inverse = inverses[c];
      for (int end = at + inner; at < end; at++) {
        float q = roundHalfAway(weights[at] * inverse);
        values[at] = (byte) Math.max(-limit, Math.min(limit, q));
      }
    }
    return new WeightQuantization(values, scales.clone(), axis, bits);
  }

  /**
   * The same in float64, of which only the scales are rounded to float32 at the end: {@code q =
   * clamp(round(w / (m / 127)))}. Of a million weights some three differ from {@link #of}, all by
   * one.
   */
  public static WeightQuantization precise(
      float[] weights, int[] shape, int axis, int bits, NearZero nearZero) {
    int limit = limit(bits);
    int inner = inner(shape, axis);
    float[] maxima = maxima(weights, shape, axis);
    float[] scales = new float[maxima.length];
    double[] steps = new double[maxima.length];
    for (int c = 0; c < steps.length; c++) {
      boolean widened = nearZero == NearZero.WIDENED && maxima[c] <= WIDENED_MAX;
      steps[c] = (widened ? WIDENED_MAX : maxima[c]) / limit;
      scales[c] = scale(maxima[c], bits, nearZero);
      steps[c] = steps[c] < Float.MIN_NORMAL ? scales[c] : steps[c];
    }
    byte[] values = new byte[weights.length];
    for (int at = 0, c = 0; at < weights.length; c = c + 1 == steps.length ? 0 : c + 1) {
      for (int end = at + inner; at < end; at++) {
        double q = weights[at] / steps[c];
        q = q >= 0 ? Math.floor(q + 0.5) : Math.ceil(q - 0.5);
        values[at] = (byte) Math.max(-limit, Math.min(limit, q));
      }
    }
    return new WeightQuantization(values, scales, axis, bits);
  }

  /** {@link #precise} for a FLOAT32 constant; errors name the tensor. */
  public static WeightQuantization precise(
      EditableTensor tensor, int axis, int bits, NearZero nearZero) {
    return named(tensor, () -> precise(tensor.floats(), tensor.shape(), axis, bits, nearZero));
  }

  /** Quantizes a FLOAT32 constant; errors name the tensor. */
  public static WeightQuantization of(
      EditableTensor tensor, int axis, int bits, NearZero nearZero) {
    return named(tensor, () -> of(tensor.floats(), tensor.shape(), axis, bits, nearZero));
  }

  private static WeightQuantization named(
      EditableTensor tensor, Supplier<WeightQuantization> quantization) {
    try {
      return quantization.get();
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("tensor " + tensor + ": " + e.getMessage(), e);
    }
  }

  /** The scale for a channel whose greatest magnitude is {@code max}. */
  public static float scale(float max, int bits, NearZero nearZero) {
    float m = max;
    if (nearZero == NearZero.WIDENED && m <= WIDENED_MAX) {
      m = (float) Math.max(m, WIDENED_MAX);
    }
    float scale = m / limit(bits);
    return scale < Float.MIN_NORMAL ? (scale == 0 ? 1 : Float.MIN_NORMAL) : scale;
  }

  /** The greatest magnitude of each channel. */
  public static float[] maxima(float[] weights, int[] shape, int axis) {
    int channels = axis == PER_TENSOR ? 1 : shape[axis];
    int inner = inner(shape, axis);
    float[] maxima = new float[channels];
    for (int at = 0, c = 0; at < weights.length; c = c + 1 == channels ? 0 : c + 1) {
      float max = maxima[c];
      for (int end = at + inner; at < end; at++) {
        float magnitude = Math.abs(weights[at]);
        if (!(magnitude <= Float.MAX_VALUE)) {
          throw new IllegalArgumentException(
              "weight " + at + " is " + weights[at] + ", which has no quantized value");
        }
        max = Math.max(max, magnitude);
      }
      maxima[c] = max;
    }
    return maxima;
  }

  /** 127, or 7 with 4 bits. */
  public static int limit(int bits) {
    return (1 << bits - 1) - 1;
  }

  /** Halves go away from zero, as C's {@code round}; {@link Math#round(float)} rounds them up. */
  public static float roundHalfAway(float x) {
    // from 2^23 on every float is whole, and adding a half would change it
    return Math.abs(x) >= 1 << 23
        ? x
        : (float) (x >= 0 ? Math.floor((double) x + 0.5) : Math.ceil((double) x - 0.5));
  }

  private static int inner(int[] shape, int axis) {
    int inner = 1;
    for (int d = axis + 1; d < shape.length; d++) {
      inner *= shape[d];
    }
    return inner;
  }

  /** INT8 or INT4. */
  public TensorType type() {
    return bits == 4 ? TensorType.INT4 : TensorType.INT8;
  }

  /** The contents as a file has them: INT4 two to a byte, the first in the low half. */
  public ByteBuffer contents() {
    if (bits == 8) {
      return ByteBuffer.wrap(values);
    }
    byte[] packed = new byte[(values.length + 1) / 2];
    for (int i = 0; i < values.length; i++) {
      packed[i / 2] |= (byte) ((values[i] & 15) << i % 2 * 4);
    }
    return ByteBuffer.wrap(packed);
  }

  /** Scales, zero points 0 and the axis, as a file has them. */
  public TfliteQuantization parameters() {
    return new TfliteQuantization(
        new float[0], new float[0], scales, new int[scales.length], Math.max(0, axis), null);
  }

  /** Puts type, contents and parameters into {@code tensor}. */
  public void applyTo(EditableTensor tensor) {
    tensor.type(type()).data(contents()).quantization(parameters());
  }

  /** The real numbers that the integers stand for. */
  public float[] dequantized(int[] shape) {
    int inner = inner(shape, axis);
    float[] real = new float[values.length];
    for (int i = 0; i < real.length; i++) {
      real[i] = scales[i / inner % scales.length] * values[i];
    }
    return real;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof WeightQuantization that
        && axis == that.axis
        && bits == that.bits
        && Arrays.equals(values, that.values)
        && Arrays.equals(scales, that.scales);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(values) + Arrays.hashCode(scales);
  }
}

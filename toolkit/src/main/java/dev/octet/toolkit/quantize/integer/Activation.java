// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.quantize.integer;

import dev.octet.TensorType;
import dev.octet.tflite.TfliteQuantization;
import dev.octet.toolkit.calibrate.Range;
import dev.octet.toolkit.quantize.Compute;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Type, scale and zero point of a tensor that is no weight and no bias: {@code real = scale * (q -
 * zeroPoint)}.
 *
 * @param type INT8, UINT8 or INT16
 * @param scale finite and normal
 * @param zeroPoint in the range of the type; 0 for INT16
 * @param range what the parameters were made of, with 0 in it, or null; no part of equality
 */
public record Activation(TensorType type, float scale, int zeroPoint, Range range) {
  /** TensorFlow widens narrower ranges by as much on each side. */
  private static final double NARROW = 1e-6;

  /**
   * The parameters for a range, 0 taken into it.
   *
   * <pre>
   * INT8     scale = (float) (max - min) / 255    zeroPoint = round((float) (-128 - min / scale))
   * INT16X8  scale = (float) max(-min, max) / 32767    zeroPoint = 0
   * </pre>
   *
   * A range narrower than 1e-6 is widened by 1e-6 on each side, as TensorFlow's converter does; a
   * difference that float32 cannot hold is its greatest number.
   */
  public static Activation of(Compute compute, Range measured) {
    double min = Math.min(0.0, measured.min());
    double max = Math.max(0.0, measured.max());
    Range range = new Range((float) min, (float) max);
    if (compute == Compute.INT16X8) {
      double bound = Math.max(-min, max);
      if (2 * bound < NARROW) {
        bound += NARROW;
      }
      return new Activation(TensorType.INT16, (float) bound / 32767, 0, range);
    }
    if (max - min < NARROW) {
      min -= NARROW;
      max += NARROW;
    }
    float width = Math.min((float) max - (float) min, Float.MAX_VALUE);
    float scale = width / 255;
    float zero = (float) (-128 - min / scale);
    int zeroPoint = (int) Math.max(-128, Math.min(127, roundHalfAway(zero)));
    return new Activation(TensorType.INT8, scale, zeroPoint, range);
  }

  /** Given parameters. */
  public static Activation of(TensorType type, float scale, int zeroPoint) {
    return new Activation(type, scale, zeroPoint, null);
  }

  /** The same real numbers as UINT8: INT8 moved by 128. */
  Activation asUint8() {
    return new Activation(TensorType.UINT8, scale, zeroPoint + 128, range);
  }

  /** The same real numbers as INT8: UINT8 moved by 128. */
  Activation asInt8() {
    return new Activation(TensorType.INT8, scale, zeroPoint - 128, range);
  }

  /**
   * As a file has them.
   *
   * @param withRange true to keep the range too
   */
  TfliteQuantization parameters(boolean withRange) {
    boolean kept = withRange && range != null;
    return new TfliteQuantization(
        kept ? new float[] {range.min()} : new float[0],
        kept ? new float[] {range.max()} : new float[0],
        new float[] {scale},
        new int[] {zeroPoint},
        0,
        null);
  }

  /** The integers for {@code values}: {@code clamp(round(x / scale) + zeroPoint)}. */
  ByteBuffer quantized(float[] values) {
    int low = type == TensorType.INT16 ? -32767 : type == TensorType.UINT8 ? 0 : -128;
    int high = type == TensorType.INT16 ? 32767 : type == TensorType.UINT8 ? 255 : 127;
    ByteBuffer bytes =
        ByteBuffer.allocate(values.length * type.bytes()).order(ByteOrder.LITTLE_ENDIAN);
    for (float x : values) {
      double rounded = roundHalfAway(x / (double) scale + zeroPoint);
      int q = (int) Math.max(low, Math.min(high, rounded));
      if (type == TensorType.INT16) {
        bytes.putShort((short) q);
      } else {
        bytes.put((byte) q);
      }
    }
    return bytes.flip();
  }

  private static double roundHalfAway(double x) {
    return x < 0 ? Math.ceil(x - 0.5) : Math.floor(x + 0.5);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Activation that
        && type == that.type
        && scale == that.scale
        && zeroPoint == that.zeroPoint;
  }

  @Override
  public int hashCode() {
    return 31 * Float.hashCode(scale) + zeroPoint;
  }
}

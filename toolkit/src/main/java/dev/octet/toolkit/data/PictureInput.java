// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.data;

import dev.octet.Quantization;
import dev.octet.TensorType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Optional;

/**
 * Turns a picture into the contents of an input tensor.
 *
 * <p>The tensor's shape says what is wanted: {@code [1, h, w, c]} or {@code [h, w, c]} with c 1
 * (grey) or 3 (red, green, blue), {@code [1, h, w]} or {@code [h, w]} grey. The picture is made
 * grey or coloured ({@link Picture#channels}), then resized ({@link Picture#resize}).
 *
 * <p>With a {@link Normalization} each pixel becomes {@code real = (pixel - mean) / std}; a
 * quantized tensor gets {@code round(real / scale) + zero point}, an integer tensor that is not
 * quantized {@code round(real)}, both clamped to the type's range and rounded half to even.
 *
 * <p>Without one the rule depends on the type:
 *
 * <ul>
 *   <li>UINT8: the pixel; INT8: the pixel - 128. So 0 and 255 are the ends of the range of reals
 *       that scale and zero point imply, which is how pictures reach practically every quantized
 *       model.
 *   <li>FLOAT32, and INT16 with a scale: colour pictures in [-1, 1], grey ones in [0, 1]. The model
 *       does not say what it was trained with; give mean and std where it differs.
 *   <li>INT32, INT64, and INT16 without a scale: the pixel.
 * </ul>
 */
public final class PictureInput {
  private final int h;
  private final int w;
  private final int c;
  private final TensorType type;
  private final Quantization quantization;
  private final Normalization normalization;

  /**
   * @param type the tensor's element type
   * @param shape the tensor's dimensions
   * @param quantization the tensor's scale and zero point, if it has them
   * @param normalization the rule to use, or empty for the type's own
   * @throws IllegalArgumentException if no picture fits the type or the shape
   */
  public PictureInput(
      TensorType type,
      int[] shape,
      Optional<Quantization> quantization,
      Optional<Normalization> normalization) {
    int[] hwc = pictureShape(shape);
    this.h = hwc[0];
    this.w = hwc[1];
    this.c = hwc[2];
    this.type = type;
    this.quantization = quantization.filter(q -> !q.perAxis()).orElse(null);
    this.normalization = normalization.orElseGet(this::normalizationOfType);
  }

  private Normalization normalizationOfType() {
    boolean real = type == TensorType.FLOAT32 || (type == TensorType.INT16 && quantization != null);
    if (!real) {
      return null;
    }
    return c == 1 ? Normalization.UNIT : Normalization.SIGNED;
  }

  private static int[] pictureShape(int[] shape) {
    int last = shape.length - 1;
    boolean channels = last >= 2 && (shape[last] == 1 || shape[last] == 3);
    if (shape.length == 4 && shape[0] == 1 && channels && positive(shape)) {
      return new int[] {shape[1], shape[2], shape[3]};
    }
    if (shape.length == 3 && shape[0] == 1 && positive(shape)) {
      return new int[] {shape[1], shape[2], 1};
    }
    if (shape.length == 3 && channels && positive(shape)) {
      return shape.clone();
    }
    if (shape.length == 2 && positive(shape)) {
      return new int[] {shape[0], shape[1], 1};
    }
    throw new IllegalArgumentException(
        "a tensor of shape " + Arrays.toString(shape) + " takes no single picture");
  }

  private static boolean positive(int[] shape) {
    return Arrays.stream(shape).allMatch(d -> d > 0);
  }

  /** Returns the contents of the tensor for {@code picture}: little-endian, position 0. */
  public ByteBuffer encode(Picture picture) {
    float[] pixels = picture.channels(c).resize(h, w).pixels();
    ByteBuffer out =
        ByteBuffer.allocate(Math.multiplyExact(pixels.length, bytesOf(type)))
            .order(ByteOrder.LITTLE_ENDIAN);
    for (float pixel : pixels) {
      put(out, pixel);
    }
    return out.flip();
  }

  private static int bytesOf(TensorType type) {
    return switch (type) {
      case UINT8, INT8 -> 1;
      case INT16 -> 2;
      case INT32, FLOAT32 -> 4;
      case INT64 -> 8;
      default -> throw new IllegalArgumentException("a tensor of " + type + " takes no picture");
    };
  }

  private void put(ByteBuffer out, float pixel) {
    double real = normalization == null ? pixel : normalization.real(pixel);
    switch (type) {
      case FLOAT32 -> out.putFloat((float) real);
      case UINT8 -> out.put((byte) step(real, 0, 0, 255));
      case INT8 -> out.put((byte) step(real, -128, -128, 127));
      case INT16 -> out.putShort((short) step(real, 0, -32768, 32767));
      case INT32 -> out.putInt((int) Math.rint(real));
      default -> out.putLong((long) Math.rint(real));
    }
  }

  private long step(double real, int pixelOffset, int low, int high) {
    double q;
    if (normalization == null) {
      q = real + pixelOffset;
    } else if (quantization == null) {
      q = real;
    } else {
      q = real / quantization.scale() + quantization.zeroPoint();
    }
    return (long) Math.max(low, Math.min(high, Math.rint(q)));
  }
}

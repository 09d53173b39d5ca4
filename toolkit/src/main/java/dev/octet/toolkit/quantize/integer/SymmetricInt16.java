// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.quantize.integer;

import dev.octet.TensorType;
import dev.octet.toolkit.model.EditableTensor;
import dev.octet.toolkit.quantize.WeightQuantization;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Constants of recurrent operators with 16 bits: {@code scale = max|w| / steps, q = round(w * (1 /
 * scale))} in float32, halves away from zero.
 */
final class SymmetricInt16 {
  /** Smaller weights are as good as none; a scale is to stay a normal number. */
  private static final float LEAST = 1e-6f;

  private SymmetricInt16() {}

  /**
   * @param steps the integer that stands for the greatest magnitude, at most 32767
   */
  static EditableTensor of(EditableTensor constant, int steps) {
    float[] values = constant.floats();
    float greatest = LEAST;
    for (float w : values) {
      if (!(Math.abs(w) <= Float.MAX_VALUE)) {
        throw new IllegalArgumentException(
            "tensor " + constant + " holds " + w + ", which has no quantized value");
      }
      greatest = Math.max(greatest, Math.abs(w));
    }
    float scale = greatest / steps;
    float inverse = 1 / scale;
    ByteBuffer bytes = ByteBuffer.allocate(2 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    for (float w : values) {
      float q = WeightQuantization.roundHalfAway(w * inverse);
      bytes.putShort((short) Math.max(-32767, Math.min(32767, q)));
    }
    return constant
        .copy(constant.name())
        .type(TensorType.INT16)
        .data(bytes.flip())
        .quantization(Activation.of(TensorType.INT16, scale, 0).parameters(false));
  }
}

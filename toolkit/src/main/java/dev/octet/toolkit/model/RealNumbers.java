// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.model;

import dev.octet.Quantization;
import dev.octet.TensorType;
import dev.octet.ops.HalfFloat;
import java.nio.ByteBuffer;

/** What the elements of a constant stand for. */
public final class RealNumbers {
  private RealNumbers() {}

  /**
   * True for a dense constant of FLOAT32 or FLOAT16, or of INT4, INT8, UINT8, INT16, INT32 or INT64
   * with one scale or one for each index of an axis.
   */
  public static boolean has(EditableTensor tensor) {
    if (tensor == null || !tensor.constant() || tensor.sparse()) {
      return false;
    }
    return switch (tensor.type()) {
      case FLOAT32, FLOAT16 -> true;
      case INT4, INT8, UINT8, INT16, INT32, INT64 ->
          tensor.quantization() != null && tensor.quantization().affine() != null;
      default -> false;
    };
  }

  /**
   * The numbers: {@code scale * (q - zeroPoint)} of an integer, computed in double and rounded to
   * float32.
   *
   * @throws IllegalArgumentException for a tensor that has none ({@link #has})
   */
  public static float[] of(EditableTensor tensor) {
    if (!has(tensor)) {
      throw new IllegalArgumentException(tensor + " holds no real numbers");
    }
    if (tensor.type() == TensorType.FLOAT32) {
      return tensor.floats();
    }
    ByteBuffer data = tensor.data();
    float[] values = new float[tensor.elements()];
    if (tensor.type() == TensorType.FLOAT16) {
      for (int i = 0; i < values.length; i++) {
        values[i] = HalfFloat.toFloat(data.getShort(2 * i));
      }
      return values;
    }
    Quantization quantization = tensor.quantization().affine();
    int inner = 1;
    for (int axis = quantization.dimension() + 1; axis < tensor.rank(); axis++) {
      inner *= tensor.dim(axis);
    }
    for (int i = 0; i < values.length; i++) {
      int c = quantization.perAxis() ? i / inner % quantization.size() : 0;
      long steps = element(data, tensor.type(), i) - quantization.zeroPoint(c);
      values[i] = (float) ((double) quantization.scale(c) * steps);
    }
    return values;
  }

  private static long element(ByteBuffer data, TensorType type, int i) {
    return switch (type) {
      case INT8 -> data.get(i);
      case UINT8 -> data.get(i) & 255;
      case INT16 -> data.getShort(2 * i);
      case INT32 -> data.getInt(4 * i);
      case INT64 -> data.getLong(8 * i);
      default -> (byte) (i % 2 == 0 ? data.get(i / 2) << 4 : data.get(i / 2)) >> 4;
    };
  }
}

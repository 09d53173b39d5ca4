// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.data;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * An array as .npy files hold it: {@code data} is in C order (the last dimension runs fastest),
 * little-endian, {@code type.bytes() * product(shape)} bytes from position 0. An empty shape is one
 * element.
 */
public record NpyArray(NpyType type, int[] shape, ByteBuffer data) {
  /**
   * @throws IllegalArgumentException if a dimension is negative or the size of {@code data} is not
   *     the one that type and shape say
   */
  public NpyArray {
    shape = shape.clone();
    long expected = size(type, shape);
    if (expected != data.remaining()) {
      throw new IllegalArgumentException(
          String.format(
              "%s%s takes %d bytes, not %d",
              type, Arrays.toString(shape), expected, data.remaining()));
    }
    data = data.slice().order(ByteOrder.LITTLE_ENDIAN);
  }

  /**
   * Returns a FLOAT32 array of a copy of {@code values}.
   *
   * @throws IllegalArgumentException if the product of {@code shape} is not their number
   */
  public static NpyArray of(float[] values, int... shape) {
    ByteBuffer data = ByteBuffer.allocate(Math.multiplyExact(4, values.length));
    data.order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().put(values);
    return new NpyArray(NpyType.FLOAT32, shape, data);
  }

  /**
   * Returns an INT32 array of a copy of {@code values}.
   *
   * @throws IllegalArgumentException if the product of {@code shape} is not their number
   */
  public static NpyArray of(int[] values, int... shape) {
    ByteBuffer data = ByteBuffer.allocate(Math.multiplyExact(4, values.length));
    data.order(ByteOrder.LITTLE_ENDIAN).asIntBuffer().put(values);
    return new NpyArray(NpyType.INT32, shape, data);
  }

  /** Returns the number of elements. */
  public int elements() {
    return data.capacity() / type.bytes();
  }

  /** Returns the elements as real numbers, in C order; true is 1. */
  public float[] toFloats() {
    float[] values = new float[elements()];
    if (type == NpyType.FLOAT32) {
      data().asFloatBuffer().get(values);
      return values;
    }
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) Elements.real(type, data, i);
    }
    return values;
  }

  /** Returns a copy of the dimensions. */
  @Override
  public int[] shape() {
    return shape.clone();
  }

  /** Returns a view of the elements, little-endian, position 0. */
  @Override
  public ByteBuffer data() {
    return data.duplicate().order(ByteOrder.LITTLE_ENDIAN);
  }

  private static long size(NpyType type, int[] shape) {
    long bytes = type.bytes();
    for (int dimension : shape) {
      if (dimension < 0) {
        throw new IllegalArgumentException("negative dimension in " + Arrays.toString(shape));
      }
      bytes = Math.multiplyExact(bytes, (long) dimension);
    }
    return bytes;
  }
}

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

// SPDX-License-Identifier: Apache-2.0
package dev.octet.program;

import dev.octet.TensorType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A value in Java's hands.
 *
 * @param data the elements in row-major order, little-endian, position 0; strings are in TensorFlow
 *     Lite's layout (int32 count, count + 1 int32 offsets, then the bytes). Not to be written
 */
public record HostTensor(TensorType type, int[] shape, ByteBuffer data) {
  public HostTensor {
    data = data.duplicate().order(ByteOrder.LITTLE_ENDIAN);
  }

  /** A view of its own, so that reading moves nobody else's position. */
  @Override
  public ByteBuffer data() {
    return data.duplicate().order(ByteOrder.LITTLE_ENDIAN);
  }

  /** The memory itself, position 0. */
  ByteBuffer memory() {
    return data;
  }

  /** Bytes of the elements. */
  int bytes() {
    return data.limit();
  }

  /** Copies the elements to the start of {@code memory}, whose position stays. */
  void copyTo(ByteBuffer memory) {
    memory.put(0, data, 0, data.limit());
  }

  /** Product of the dimensions. */
  public int elements() {
    int product = 1;
    for (int dim : shape) {
      product *= dim;
    }
    return product;
  }

  /** The elements of a float32 tensor. */
  public float[] floats() {
    float[] floats = new float[elements()];
    view().asFloatBuffer().get(floats);
    return floats;
  }

  /** The elements of an int32 tensor. */
  public int[] ints() {
    int[] ints = new int[elements()];
    view().asIntBuffer().get(ints);
    return ints;
  }

  private ByteBuffer view() {
    return data.duplicate().rewind().order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Element {@code i} of an int32 or int64 tensor, saturated. */
  public int integer(int i) {
    if (type != TensorType.INT64) {
      return data.getInt(4 * i);
    }
    long wide = data.getLong(8 * i);
    return (int) Math.max(Integer.MIN_VALUE, Math.min(Integer.MAX_VALUE, wide));
  }
}

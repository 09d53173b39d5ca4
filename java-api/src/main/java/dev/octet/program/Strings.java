// SPDX-License-Identifier: Apache-2.0
package dev.octet.program;

import dev.octet.TensorType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * String tensors in TensorFlow Lite's layout, all numbers int32 little-endian: the count n, n + 1
 * byte offsets from the start (string i lies between offset i and offset i + 1), then the bytes.
 */
public final class Strings {
  private Strings() {}

  /** Product of the dimensions. */
  public static int count(int[] shape) {
    int count = 1;
    for (int dim : shape) {
      count = Math.multiplyExact(count, dim);
    }
    return count;
  }

  /** A tensor of empty strings. */
  static HostTensor blank(int[] shape) {
    int count = count(shape);
    int size = Math.multiplyExact(4, Math.addExact(2, count));
    ByteBuffer out = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN).putInt(count);
    while (out.hasRemaining()) {
      out.putInt(size);
    }
    return new HostTensor(TensorType.STRING, shape, out.flip());
  }

  /** A tensor of these strings. */
  public static HostTensor tensor(int[] shape, byte[][] strings) {
    int offset = Math.multiplyExact(4, Math.addExact(2, strings.length));
    long size = offset;
    for (byte[] string : strings) {
      size += string.length;
    }
    ByteBuffer out = ByteBuffer.allocate(Math.toIntExact(size)).order(ByteOrder.LITTLE_ENDIAN);
    out.putInt(strings.length).putInt(offset);
    for (byte[] string : strings) {
      offset += string.length;
      out.putInt(offset);
    }
    for (byte[] string : strings) {
      out.put(string);
    }
    return new HostTensor(TensorType.STRING, shape, out.flip());
  }

  /** The strings of a tensor; its layout has been checked. */
  public static byte[][] of(HostTensor tensor) {
    ByteBuffer in = tensor.data();
    byte[][] strings = new byte[in.getInt(0)][];
    for (int i = 0; i < strings.length; i++) {
      int from = in.getInt(4 * (i + 1));
      strings[i] = new byte[in.getInt(4 * (i + 2)) - from];
      in.get(from, strings[i]);
    }
    return strings;
  }

  /**
   * A tensor of bytes that are laid out so.
   *
   * @throws IllegalArgumentException when they are not, or hold another number of strings
   */
  public static HostTensor parse(int[] shape, ByteBuffer bytes) {
    ByteBuffer in = bytes.slice().order(ByteOrder.LITTLE_ENDIAN);
    int count = in.remaining() < 8 ? -1 : in.getInt(0);
    long last = 4 * (count + 2L);
    boolean good = count == count(shape) && last <= in.limit() && in.getInt(4) == last;
    for (int i = 0; good && i < count; i++) {
      int to = in.getInt(4 * (i + 2));
      good = to >= last && to <= in.limit();
      last = to;
    }
    if (!good) {
      throw new IllegalArgumentException(
          in.limit() + " bytes are not " + count(shape) + " strings in TensorFlow Lite's layout");
    }
    return new HostTensor(TensorType.STRING, shape, in);
  }
}

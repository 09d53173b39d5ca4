// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.data;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The contents of a STRING tensor as TensorFlow Lite lays them out, all numbers int32
 * little-endian: the count n, n + 1 byte offsets from the start (string i lies between offset i and
 * offset i + 1), the bytes of the strings.
 */
public final class StringTensor {
  private StringTensor() {}

  /** Packs strings. */
  public static ByteBuffer pack(byte[][] strings) {
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
    return out.flip();
  }

  /**
   * Unpacks the strings between the position and the limit of {@code bytes}.
   *
   * @param source name for messages
   * @throws DataFormatException if the count or an offset does not fit the bytes
   */
  public static byte[][] unpack(String source, ByteBuffer bytes) throws DataFormatException {
    ByteBuffer in = bytes.slice().order(ByteOrder.LITTLE_ENDIAN);
    int count = in.remaining() < 8 ? -1 : in.getInt(0);
    if (count < 0 || 4 * (count + 2L) > in.limit()) {
      throw new DataFormatException(source, "not a string tensor: " + in.limit() + " bytes");
    }
    byte[][] strings = new byte[count][];
    for (int i = 0; i < count; i++) {
      int from = in.getInt(4 * (i + 1));
      int to = in.getInt(4 * (i + 2));
      if (from < 4 * (count + 2) || to < from || to > in.limit()) {
        throw new DataFormatException(
            source, "string " + i + " lies from byte " + from + " to " + to);
      }
      strings[i] = new byte[to - from];
      in.get(from, strings[i]);
    }
    return strings;
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.octet.tflite;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Makes FlexBuffers: a map of scalars, every one 4 bytes wide. */
public final class TestFlexBuffer {
  private static final int INT = 1;
  private static final int FLOAT = 3;
  private static final int MAP = 9;
  private static final int BOOL = 26;

  private TestFlexBuffer() {}

  /** A map of Integer, Float and Boolean. */
  public static ByteBuffer map(Map<String, ?> options) {
    ByteBuffer bytes = ByteBuffer.allocate(4000).order(ByteOrder.LITTLE_ENDIAN);
    Map<String, Object> sorted = new TreeMap<>(options);
    List<Integer> keys = new ArrayList<>();
    for (String key : sorted.keySet()) {
      keys.add(bytes.position());
      bytes.put(key.getBytes(StandardCharsets.UTF_8)).put((byte) 0);
    }
    bytes.putInt(keys.size());
    int keysAt = bytes.position();
    keys.forEach(at -> bytes.putInt(bytes.position() - at));
    bytes.putInt(bytes.position() - keysAt).putInt(4).putInt(keys.size());
    int valuesAt = bytes.position();
    for (Object value : sorted.values()) {
      if (value instanceof Float real) {
        bytes.putFloat(real);
      } else {
        bytes.putInt(value instanceof Boolean flag ? (flag ? 1 : 0) : (Integer) value);
      }
    }
    for (Object value : sorted.values()) {
      int type = value instanceof Float ? FLOAT : value instanceof Boolean ? BOOL : INT;
      bytes.put((byte) (type << 2 | 2));
    }
    int offset = bytes.position() - valuesAt;
    if (offset < 256) {
      bytes.put((byte) offset).put((byte) (MAP << 2 | 2)).put((byte) 1);
    } else {
      bytes.putShort((short) offset).put((byte) (MAP << 2 | 2)).put((byte) 2);
    }
    return bytes.flip();
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.octet.tflite;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Makes FlexBuffers: a map of scalars, strings and vectors, every number 4 bytes wide. */
public final class TestFlexBuffer {
  private static final int INT = 1;
  private static final int FLOAT = 3;
  private static final int STRING = 5;
  private static final int MAP = 9;
  private static final int VECTOR = 10;
  private static final int BOOL = 26;

  private TestFlexBuffer() {}

  /** A map of Integer, Float, Boolean, ByteBuffer (a string of these bytes) and lists of these. */
  public static ByteBuffer map(Map<String, ?> options) {
    ByteBuffer bytes =
        ByteBuffer.allocate(4000 + size(options.values())).order(ByteOrder.LITTLE_ENDIAN);
    Map<String, Object> sorted = new TreeMap<>(options);
    List<Integer> keys = new ArrayList<>();
    for (String key : sorted.keySet()) {
      keys.add(bytes.position());
      bytes.put(key.getBytes(StandardCharsets.UTF_8)).put((byte) 0);
    }
    List<Object> values = new ArrayList<>();
    sorted.values().forEach(value -> values.add(placed(bytes, value)));
    bytes.putInt(keys.size());
    int keysAt = bytes.position();
    keys.forEach(at -> bytes.putInt(bytes.position() - at));
    bytes.putInt(bytes.position() - keysAt).putInt(4);
    int offset = -vector(bytes, values);
    offset += bytes.position();
    if (offset < 256) {
      bytes.put((byte) offset).put((byte) (MAP << 2 | 2)).put((byte) 1);
    } else {
      bytes.putShort((short) offset).put((byte) (MAP << 2 | 2)).put((byte) 2);
    }
    return bytes.flip();
  }

  /** What a place before it is referred to by. */
  private record Reference(int at, int type) {}

  private static int size(Iterable<?> values) {
    int size = 0;
    for (Object value : values) {
      size += value instanceof ByteBuffer text ? text.remaining() + 16 : 16;
      size += value instanceof List<?> list ? size(list) : 0;
    }
    return size;
  }

  /** The value itself, or a reference to where it was put. */
  private static Object placed(ByteBuffer bytes, Object value) {
    if (value instanceof ByteBuffer text) {
      align(bytes);
      bytes.putInt(text.remaining());
      int at = bytes.position();
      bytes.put(text.duplicate()).put((byte) 0);
      return new Reference(at, STRING);
    }
    if (value instanceof List<?> list) {
      List<Object> elements = new ArrayList<>();
      list.forEach(each -> elements.add(placed(bytes, each)));
      align(bytes);
      return new Reference(vector(bytes, elements), VECTOR);
    }
    return value;
  }

  private static void align(ByteBuffer bytes) {
    while (bytes.position() % 4 != 0) {
      bytes.put((byte) 0);
    }
  }

  /** Puts a length, values and their types; gives the first value's place. */
  private static int vector(ByteBuffer bytes, List<Object> values) {
    bytes.putInt(values.size());
    int start = bytes.position();
    for (Object value : values) {
      if (value instanceof Float real) {
        bytes.putFloat(real);
      } else if (value instanceof Reference reference) {
        bytes.putInt(bytes.position() - reference.at());
      } else {
        bytes.putInt(value instanceof Boolean flag ? (flag ? 1 : 0) : (Integer) value);
      }
    }
    for (Object value : values) {
      int type = value instanceof Float ? FLOAT : value instanceof Boolean ? BOOL : INT;
      if (value instanceof Reference reference) {
        type = reference.type();
      }
      bytes.put((byte) (type << 2 | 2));
    }
    return start;
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.octet.tflite;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/**
 * The scalars of a FlexBuffer whose root is a map: how custom operators hold their options. The
 * format is that of flatbuffers.dev/flexbuffers: everything stands before what refers to it, by
 * backward offsets; the last three bytes give the root, its type and its width. Every read is
 * checked; vectors and nested maps are left out.
 */
public final class FlexMap {
  private static final int INT = 1;
  private static final int UINT = 2;
  private static final int FLOAT = 3;
  private static final int INDIRECT_INT = 6;
  private static final int INDIRECT_UINT = 7;
  private static final int INDIRECT_FLOAT = 8;
  private static final int MAP = 9;
  private static final int BOOL = 26;

  /** More entries than any operator has options: bounds the work on a hostile file. */
  private static final int MOST = 1000;

  private final ByteBuffer bytes;
  private final Map<String, Number> entries = new HashMap<>();

  /**
   * Reads the map.
   *
   * @throws IllegalArgumentException when the bytes are no FlexBuffer with a map at its root
   */
  public FlexMap(ByteBuffer bytes) {
    this.bytes = bytes.slice().order(ByteOrder.LITTLE_ENDIAN);
    try {
      read();
    } catch (IndexOutOfBoundsException e) {
      throw new IllegalArgumentException("an offset leaves the FlexBuffer", e);
    }
  }

  private void read() {
    int end = bytes.limit();
    require(end >= 3, "has " + end + " bytes");
    int width = bytes.get(end - 1);
    int type = bytes.get(end - 2) & 0xff;
    require(type >> 2 == MAP, "has no map at its root");
    int values = back(end - 2 - width(width), width(width));
    int valueWidth = 1 << (type & 3);
    long count = unsigned(values - valueWidth, valueWidth);
    require(count >= 0 && count <= MOST, "has " + count + " entries");
    int keyWidth = width((int) unsigned(values - 2 * valueWidth, valueWidth));
    int keys = back(values - 3 * valueWidth, valueWidth);
    for (int i = 0; i < count; i++) {
      String key = text(back(keys + i * keyWidth, keyWidth));
      int packed = bytes.get(values + (int) count * valueWidth + i) & 0xff;
      Number value = scalar(values + i * valueWidth, valueWidth, packed);
      if (value != null) {
        entries.put(key, value);
      }
    }
  }

  private Number scalar(int at, int width, int packed) {
    int inner = 1 << (packed & 3);
    return switch (packed >> 2) {
      case INT -> signed(at, width);
      case UINT, BOOL -> unsigned(at, width);
      case FLOAT -> real(at, width);
      case INDIRECT_INT -> signed(back(at, width), inner);
      case INDIRECT_UINT -> unsigned(back(at, width), inner);
      case INDIRECT_FLOAT -> real(back(at, width), inner);
      default -> null;
    };
  }

  private static int width(int width) {
    require(width == 1 || width == 2 || width == 4 || width == 8, "has the width " + width);
    return width;
  }

  private int back(int at, int width) {
    long offset = unsigned(at, width);
    require(offset > 0 && offset <= at, "offset " + offset + " at " + at);
    return at - (int) offset;
  }

  private long signed(int at, int width) {
    return switch (width) {
      case 1 -> bytes.get(at);
      case 2 -> bytes.getShort(at);
      case 4 -> bytes.getInt(at);
      default -> bytes.getLong(at);
    };
  }

  private long unsigned(int at, int width) {
    return switch (width) {
      case 1 -> bytes.get(at) & 0xff;
      case 2 -> bytes.getShort(at) & 0xffff;
      case 4 -> bytes.getInt(at) & 0xffffffffL;
      default -> bytes.getLong(at);
    };
  }

  private double real(int at, int width) {
    require(width >= 4, "has floats of " + width + " bytes");
    return width == 4 ? bytes.getFloat(at) : bytes.getDouble(at);
  }

  private String text(int at) {
    int end = at;
    while (bytes.get(end) != 0) {
      end++;
    }
    byte[] text = new byte[end - at];
    bytes.get(at, text);
    return new String(text, StandardCharsets.UTF_8);
  }

  private static void require(boolean holds, String fault) {
    if (!holds) {
      throw new IllegalArgumentException("the FlexBuffer " + fault);
    }
  }

  /** True when there is a number or boolean of that name. */
  public boolean has(String name) {
    return entries.containsKey(name);
  }

  /**
   * An integer.
   *
   * @throws IllegalArgumentException when it is absent or no int32
   */
  public int integer(String name) {
    Number value = number(name);
    if (value.doubleValue() != value.intValue()) {
      throw new IllegalArgumentException("option " + name + " is " + value + ", no int32");
    }
    return value.intValue();
  }

  /** A float. */
  public float real(String name) {
    return number(name).floatValue();
  }

  /** A boolean: any number but 0 is true. */
  public boolean bool(String name) {
    return number(name).doubleValue() != 0;
  }

  private Number number(String name) {
    Number value = entries.get(name);
    if (value == null) {
      throw new IllegalArgumentException("option " + name + " is absent");
    }
    return value;
  }
}

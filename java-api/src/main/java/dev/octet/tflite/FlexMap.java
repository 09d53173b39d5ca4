// SPDX-License-Identifier: Apache-2.0
package dev.octet.tflite;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Scalars, strings and vectors of them in a FlexBuffer whose root is a map: how custom operators
 * hold their options. The format is that of flatbuffers.dev/flexbuffers: everything stands before
 * what refers to it, by backward offsets; the last three bytes give the root, its type and its
 * width. Every read is checked; nested maps and vectors in vectors are left out.
 */
public final class FlexMap {
  private static final int INT = 1;
  private static final int UINT = 2;
  private static final int FLOAT = 3;
  private static final int STRING = 5;
  private static final int INDIRECT_INT = 6;
  private static final int INDIRECT_UINT = 7;
  private static final int INDIRECT_FLOAT = 8;
  private static final int MAP = 9;
  private static final int VECTOR = 10;
  private static final int VECTOR_INT = 11;
  private static final int VECTOR_UINT = 12;
  private static final int VECTOR_FLOAT = 13;
  private static final int BOOL = 26;

  /** More entries and elements than any operator has: bounds the work on a hostile file. */
  private static final int MOST = 1000;

  private static final int LONGEST_KEY = 1000;

  private final ByteBuffer bytes;
  private final Map<String, Object> entries = new HashMap<>();
  private int left = MOST;

  /** Bytes that are no FlexBuffer with a map at its root. */
  public static final class Fault extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;
    private final int offset;

    Fault(int offset, String rule) {
      super("the FlexBuffer " + rule);
      this.offset = offset;
    }

    /** Where the rule is broken, in bytes from the FlexBuffer's first. */
    public int offset() {
      return offset;
    }
  }

  /** Contents of a string, and where they start. */
  private record Text(int start, ByteBuffer contents) {}

  /**
   * Reads the map.
   *
   * @throws Fault when the bytes are no FlexBuffer with a map at its root
   */
  public FlexMap(ByteBuffer bytes) {
    this.bytes = bytes.slice().order(ByteOrder.LITTLE_ENDIAN);
    int end = this.bytes.limit();
    require(end >= 3, 0, "has " + end + " bytes");
    int width = this.bytes.get(end - 1);
    boolean known = width == 1 || width == 2 || width == 4 || width == 8;
    require(known, end - 1, "has the width " + width);
    int type = this.bytes.get(end - 2) & 0xff;
    require(type >> 2 == MAP, end - 2, "has no map at its root");
    map(back(end - 2 - width, width), 1 << (type & 3));
  }

  private void map(int values, int width) {
    int count = count(values, width);
    int keyWidth = (int) unsigned(values - 2 * width, width);
    boolean known = keyWidth == 1 || keyWidth == 2 || keyWidth == 4 || keyWidth == 8;
    require(known, values - 2 * width, "has keys of the width " + keyWidth);
    int keys = back(values - 3 * width, width);
    for (int i = 0; i < count; i++) {
      String key = key(back(keys + i * keyWidth, keyWidth));
      int packed = (int) unsigned(values + count * width + i, 1);
      Object value = value(values + i * width, width, packed);
      if (value != null) {
        entries.put(key, value);
      }
    }
  }

  /** A Number, a Text, a list of these (null for others), or null. */
  private Object value(int at, int width, int packed) {
    int inner = 1 << (packed & 3);
    int type = packed >> 2;
    if (type < VECTOR || type > VECTOR_FLOAT) {
      return single(at, width, packed);
    }
    int start = back(at, width);
    int count = count(start, inner);
    List<Object> elements = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      int of =
          switch (type) {
            case VECTOR -> (int) unsigned(start + count * inner + i, 1);
            case VECTOR_INT -> INT << 2;
            case VECTOR_UINT -> UINT << 2;
            default -> FLOAT << 2;
          };
      elements.add(single(start + i * inner, inner, of));
    }
    return elements;
  }

  private Object single(int at, int width, int packed) {
    int inner = 1 << (packed & 3);
    return switch (packed >> 2) {
      case INT -> signed(at, width);
      case UINT, BOOL -> unsigned(at, width);
      case FLOAT -> real(at, width);
      case INDIRECT_INT -> signed(back(at, width), inner);
      case INDIRECT_UINT -> unsigned(back(at, width), inner);
      case INDIRECT_FLOAT -> real(back(at, width), inner);
      case STRING -> string(back(at, width), inner);
      default -> null;
    };
  }

  /** The length in front of a vector or map, all of whose elements count against {@link #MOST}. */
  private int count(int start, int width) {
    long count = unsigned(start - width, width);
    require(count >= 0 && count <= left, start - width, "has " + count + " entries");
    left -= (int) count;
    return (int) count;
  }

  private Text string(int start, int width) {
    long length = unsigned(start - width, width);
    require(
        length >= 0 && length <= bytes.limit() - start,
        start - width,
        "has a string of " + length + " bytes, which leaves it");
    return new Text(start, bytes.slice(start, (int) length).asReadOnlyBuffer());
  }

  private int back(int at, int width) {
    long offset = unsigned(at, width);
    require(offset > 0 && offset <= at, at, "has an offset that leaves it: " + offset);
    return at - (int) offset;
  }

  private long signed(int at, int width) {
    requireInside(at, width);
    return switch (width) {
      case 1 -> bytes.get(at);
      case 2 -> bytes.getShort(at);
      case 4 -> bytes.getInt(at);
      default -> bytes.getLong(at);
    };
  }

  private long unsigned(int at, int width) {
    long signed = signed(at, width);
    return width == 8 ? signed : signed & (1L << 8 * width) - 1;
  }

  private double real(int at, int width) {
    requireInside(at, width);
    require(width >= 4, at, "has floats of " + width + " bytes");
    return width == 4 ? bytes.getFloat(at) : bytes.getDouble(at);
  }

  private String key(int at) {
    int end = at;
    while (unsigned(end, 1) != 0) {
      end++;
      require(end - at <= LONGEST_KEY, at, "has a key of over " + LONGEST_KEY + " bytes");
    }
    byte[] text = new byte[end - at];
    bytes.get(at, text);
    return new String(text, StandardCharsets.UTF_8);
  }

  private void requireInside(int at, int width) {
    require(
        at >= 0 && at <= bytes.limit() - width,
        Math.max(0, Math.min(at, bytes.limit())),
        "has no " + width + " bytes at " + at);
  }

  private static void require(boolean holds, int at, String rule) {
    if (!holds) {
      throw new Fault(at, rule);
    }
  }

  /** True when there is a number or boolean of that name. */
  public boolean has(String name) {
    return entries.get(name) instanceof Number;
  }

  /** True when there is a string of that name. */
  public boolean hasString(String name) {
    return entries.get(name) instanceof Text;
  }

  /** True when there is a vector of that name. */
  public boolean hasVector(String name) {
    return entries.get(name) instanceof List;
  }

  /**
   * An integer.
   *
   * @throws IllegalArgumentException when it is absent or no int32
   */
  public int integer(String name) {
    return int32(name, number(name));
  }

  /** A float. */
  public float real(String name) {
    return number(name).floatValue();
  }

  /** A boolean: any number but 0 is true. */
  public boolean bool(String name) {
    return number(name).doubleValue() != 0;
  }

  /**
   * The bytes of a string: a read-only, little-endian view at position 0.
   *
   * @throws IllegalArgumentException when there is none
   */
  public ByteBuffer string(String name) {
    return text(name).contents().duplicate().order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Where the bytes of a string start, counted from the FlexBuffer's first byte. */
  public int stringStart(String name) {
    return text(name).start();
  }

  /**
   * The number of elements of a vector.
   *
   * @throws IllegalArgumentException when there is no vector of that name
   */
  public int size(String name) {
    return vector(name).size();
  }

  /**
   * A vector of integers.
   *
   * @throws IllegalArgumentException when it is absent or an element is no int32
   */
  public int[] integers(String name) {
    return vector(name).stream().mapToInt(each -> int32(name, each)).toArray();
  }

  private static int int32(String name, Object value) {
    if (!(value instanceof Number number) || number.doubleValue() != number.intValue()) {
      throw new IllegalArgumentException("option " + name + " is " + value + ", no int32");
    }
    return number.intValue();
  }

  private Number number(String name) {
    return (Number) entry(name, has(name), "a number");
  }

  private Text text(String name) {
    return (Text) entry(name, hasString(name), "a string");
  }

  private List<?> vector(String name) {
    return (List<?>) entry(name, hasVector(name), "a vector");
  }

  private Object entry(String name, boolean fits, String what) {
    if (!fits) {
      throw new IllegalArgumentException(
          "option " + name + " is " + (entries.containsKey(name) ? "not " + what : "absent"));
    }
    return entries.get(name);
  }
}

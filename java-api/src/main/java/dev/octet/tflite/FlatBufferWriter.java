// SPDX-License-Identifier: Apache-2.0
package dev.octet.tflite;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes {@link Table}s as a FlatBuffer by their {@link Schema}: front to back, every table before
 * what it refers to, so each offset is filled in once its target is placed. Equal vtables are
 * written once, and so are equal vectors of numbers (zero points of thousands of channels), which
 * therefore come last. Vectors of bytes are aligned to 16, which the format asks of constant data.
 */
public final class FlatBufferWriter {
  private static final int BYTES_ALIGNMENT = 16;

  private ByteBuffer out = ByteBuffer.allocate(1024).order(ByteOrder.LITTLE_ENDIAN);
  private final Map<List<Integer>, Integer> vtables = new HashMap<>();
  private final Map<Numbers, List<Integer>> numbers = new LinkedHashMap<>();

  /** Contents of a vector of numbers, little-endian, of so many bytes each. */
  private record Numbers(int width, int alignment, ByteBuffer contents) {}

  private FlatBufferWriter() {}

  /**
   * The bytes of a FlatBuffer, from position 0 to the limit; the identifier is there when the root
   * is its schema's.
   */
  public static ByteBuffer write(Table root) {
    FlatBufferWriter writer = new FlatBufferWriter();
    writer.reserve(8);
    String identifier = root.type().schema().identifier(root.name());
    if (identifier != null) {
      writer.out.put(4, identifier.getBytes(StandardCharsets.US_ASCII));
    }
    writer.link(0, writer.table(root));
    writer.placeNumbers();
    writer.align(BYTES_ALIGNMENT, 0);
    return writer.out.flip().order(ByteOrder.LITTLE_ENDIAN);
  }

  private int table(Table table) {
    List<Field> fields = table.type().fields();
    List<Integer> present = new ArrayList<>();
    for (int i = 0; i < fields.size(); i++) {
      if (table.value(i) != null) {
        present.add(i);
      }
    }
    present.sort(Comparator.comparingInt(i -> -fields.get(i).inlineBytes()));
    int slots = 0;
    for (int i : present) {
      slots = Math.max(slots, fields.get(i).slot() + 1);
    }
    Integer[] offsets = new Integer[slots + 2];
    java.util.Arrays.fill(offsets, 0);
    int wide = (int) present.stream().filter(i -> fields.get(i).inlineBytes() == 8).count();
    int end = wide > 0 ? 8 : 4;
    for (int i : present) {
      offsets[2 + fields.get(i).slot()] = end;
      end += fields.get(i).inlineBytes();
    }
    for (int i : present) {
      if (fields.get(i).wire() == Wire.UNION) {
        offsets[2 + fields.get(i).slot() - 1] = end++;
      }
    }
    offsets[0] = 2 * offsets.length;
    offsets[1] = end;
    int vtable = vtables.computeIfAbsent(List.of(offsets), this::vtable);
    align(wide > 0 ? 8 : 4, 0);
    int start = reserve(end);
    out.putInt(start, start - vtable);
    for (int i : present) {
      Field field = fields.get(i);
      int at = start + offsets[2 + field.slot()];
      Object value = table.value(i);
      if (field.vector() && !field.isBytes() && !List.class.equals(field.javaType())) {
        numbers.computeIfAbsent(numbers(field, value), key -> new ArrayList<>()).add(at);
      } else if (field.vector()) {
        link(at, vector(field, value));
      } else if (field.wire() == Wire.STRING) {
        link(at, string((String) value));
      } else if (field.wire() == Wire.TABLE) {
        link(at, table((Table) value));
      } else if (field.wire() == Wire.UNION) {
        Table member = (Table) value;
        out.put(
            start + offsets[2 + field.slot() - 1],
            (byte) (field.tables().indexOf(member.name()) + 1));
        link(at, table(member));
      } else {
        scalar(out, field.wire(), at, value);
      }
    }
    return start;
  }

  private int vtable(List<Integer> entries) {
    align(2, 0);
    int start = reserve(2 * entries.size());
    for (int i = 0; i < entries.size(); i++) {
      out.putShort(start + 2 * i, (short) (int) entries.get(i));
    }
    return start;
  }

  private static void scalar(ByteBuffer out, Wire wire, int at, Object value) {
    switch (wire) {
      case BOOL:
        out.put(at, (byte) ((boolean) value ? 1 : 0));
        break;
      case I8:
        out.put(at, (byte) (int) value);
        break;
      case I16:
        out.putShort(at, (short) (int) value);
        break;
      case I32:
      case U32:
        out.putInt(at, (int) value);
        break;
      case I64:
      case U64:
        out.putLong(at, (long) value);
        break;
      case F32:
        out.putFloat(at, (float) value);
        break;
      default:
        throw new IllegalStateException("no scalar " + wire + " in the schema");
    }
  }

  private int string(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    int start = startVector(bytes.length, 1, 1);
    out.put(start + 4, bytes);
    reserve(1);
    return start;
  }

  @SuppressWarnings("unchecked")
  private int vector(Field field, Object value) {
    if (field.isBytes()) {
      ByteBuffer bytes = (ByteBuffer) value;
      int start = startVector(bytes.remaining(), 1, BYTES_ALIGNMENT);
      out.put(start + 4, bytes, bytes.position(), bytes.remaining());
      return start;
    }
    if (field.wire() == Wire.BLOB) {
      return blobs((List<ByteBuffer>) value);
    }
    List<Table> tables = (List<Table>) value;
    int start = startVector(tables.size(), 4, 4);
    for (int i = 0; i < tables.size(); i++) {
      link(start + 4 + 4 * i, table(tables.get(i)));
    }
    return start;
  }

  private int blobs(List<ByteBuffer> blobs) {
    int start = startVector(blobs.size(), 4, 4);
    for (int i = 0; i < blobs.size(); i++) {
      ByteBuffer bytes = blobs.get(i);
      int blob = startVector(bytes.remaining(), 1, BYTES_ALIGNMENT);
      out.put(blob + 4, bytes, bytes.position(), bytes.remaining());
      reserve(1);
      link(start + 4 + 4 * i, blob);
    }
    return start;
  }

  private static Numbers numbers(Field field, Object array) {
    int count = java.lang.reflect.Array.getLength(array);
    Wire wire = field.wire() == Wire.RANGE ? Wire.I32 : field.wire();
    int width = wire.bytes;
    ByteBuffer contents =
        ByteBuffer.allocate(Math.multiplyExact(count, width)).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < count; i++) {
      if (wire == Wire.U16) {
        contents.putShort(width * i, (short) ((int[]) array)[i]);
      } else {
        scalar(contents, wire, width * i, java.lang.reflect.Array.get(array, i));
      }
    }
    return new Numbers(field.wire().bytes, field.wire().alignment(), contents);
  }

  private void placeNumbers() {
    numbers.forEach(
        (vector, places) -> {
          ByteBuffer contents = vector.contents();
          int count = contents.capacity() / vector.width();
          int start = startVector(count, vector.width(), Math.max(4, vector.alignment()));
          out.put(start + 4, contents, 0, contents.capacity());
          places.forEach(at -> link(at, start));
        });
  }

  /** Places a length and room for the elements, which are aligned; gives the length's place. */
  private int startVector(int count, int width, int alignment) {
    align(Math.max(4, alignment), 4);
    int start = reserve(4);
    out.putInt(start, count);
    reserve(Math.multiplyExact(count, width));
    return start;
  }

  /** Writes the unsigned offset at {@code at} that leads to {@code target}. */
  private void link(int at, int target) {
    out.putInt(at, target - at);
  }

  /** Pads so that the place {@code ahead} bytes on is aligned. */
  private void align(int alignment, int ahead) {
    reserve(Math.floorMod(-(out.position() + ahead), alignment));
  }

  /** Adds zero bytes at the end; gives the place of the first. */
  private int reserve(int bytes) {
    int start = out.position();
    int end = Math.addExact(start, bytes);
    if (end > out.capacity()) {
      int capacity = (int) Math.min(Integer.MAX_VALUE - 8L, Math.max(2L * out.capacity(), end));
      out = ByteBuffer.allocate(capacity).order(ByteOrder.LITTLE_ENDIAN).put(out.flip());
    }
    out.position(end);
    return start;
  }
}

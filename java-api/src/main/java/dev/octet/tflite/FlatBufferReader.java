// SPDX-License-Identifier: Apache-2.0
package dev.octet.tflite;

import dev.octet.MalformedModelException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Reads a FlatBuffer by a {@link Schema} into {@link Table}s. Every offset, vtable, vector and
 * string is checked against the file's bounds and its alignment before it is used; fields that the
 * schema does not know are passed over.
 *
 * <p>Tables may refer to the same bytes more than once, so the work is bounded too: a file of
 * {@code length} bytes holds at most {@code length / 4} tables and its vectors and strings at most
 * {@code 4 * length} bytes, counted as often as they are referred to.
 */
public final class FlatBufferReader {
  /** Far above any model that is known; bounds the heap that a large hostile file can take. */
  static final int MOST_TABLES = 1 << 22;

  private static final int HEADER_BYTES = 8;

  private final Schema schema;
  private final String source;
  private final long origin;
  private final ByteBuffer data;
  private final int length;
  private long tablesLeft;
  private long bytesLeft;

  /** A step on the way from the root to a table, for messages. */
  private record Path(Path parent, String field, int index) {
    @Override
    public String toString() {
      return (parent == null ? "" : parent + ".") + field + (index < 0 ? "" : "[" + index + "]");
    }
  }

  private FlatBufferReader(Schema schema, String source, ByteBuffer data, long origin) {
    this.schema = schema;
    this.source = source;
    this.origin = origin;
    this.data = data.slice().asReadOnlyBuffer().order(ByteOrder.LITTLE_ENDIAN);
    this.length = this.data.limit();
    this.tablesLeft = Math.min(MOST_TABLES, length / 4);
    this.bytesLeft = 4L * length;
  }

  /**
   * Reads the root table from position to limit of {@code data}.
   *
   * @param source what messages name
   * @param origin added to the offsets in messages: where {@code data} lies in the source
   * @param type the root's name; where it is the schema's root, the identifier must be there
   * @throws MalformedModelException naming source, offset and rule
   */
  public static Table read(
      Schema schema, String source, ByteBuffer data, long origin, String type) {
    return new FlatBufferReader(schema, source, data, origin).root(type);
  }

  private Table root(String type) {
    if (length == 0) {
      throw malformed(0, null, "the " + schema.noun() + " is empty");
    }
    if (length < HEADER_BYTES) {
      throw malformed(
          0, null, "the " + schema.noun() + " has " + length + " bytes, too few for a model");
    }
    byte[] identifier = new byte[4];
    data.get(4, identifier);
    String expected = schema.identifier(type);
    if (expected != null && !expected.equals(new String(identifier, StandardCharsets.ISO_8859_1))) {
      throw malformed(
          4, null, "is not a " + schema.what() + ": bytes 4 to 7 are not '" + expected + "'");
    }
    Path path = new Path(null, type, -1);
    return table(schema.table(type), target(0, path), path);
  }

  private Table table(TableType type, int start, Path path) {
    if (start % 4 != 0) {
      throw malformed(start, path, "table is not aligned to 4 bytes");
    }
    if (--tablesLeft < 0) {
      throw malformed(
          start, path, "more tables than a " + schema.noun() + " of " + length + " bytes holds");
    }
    long vtable = (long) start - data.getInt(start);
    if (vtable < 0 || vtable > length - 4) {
      throw malformed(
          start, path, "vtable at byte " + vtable + " lies outside the " + schema.noun());
    }
    if (vtable % 2 != 0) {
      throw malformed(start, path, "vtable at byte " + vtable + " is not aligned to 2 bytes");
    }
    int vtableStart = (int) vtable;
    int vtableBytes = data.getShort(vtableStart) & 0xffff;
    if (vtableBytes < 4 || vtableBytes % 2 != 0 || vtableBytes > length - vtableStart) {
      throw malformed(
          vtableStart,
          path,
          "vtable of "
              + vtableBytes
              + " bytes is odd, too small, or ends beyond the "
              + schema.noun());
    }
    int bytes = data.getShort(vtableStart + 2) & 0xffff;
    if (bytes < 4 || bytes > length - start) {
      throw malformed(
          vtableStart + 2,
          path,
          "table of " + bytes + " bytes is too small, or ends beyond the " + schema.noun());
    }
    List<Field> fields = type.fields();
    Object[] values = new Object[fields.size()];
    int[] offsets = new int[fields.size()];
    for (int i = 0; i < values.length; i++) {
      Field field = fields.get(i);
      int at = fieldStart(vtableStart, vtableBytes, start, bytes, field.slot(), field, path);
      if (at == 0) {
        continue;
      }
      offsets[i] = at;
      if (field.wire() == Wire.UNION) {
        int member =
            fieldStart(vtableStart, vtableBytes, start, bytes, field.slot() - 1, field, path);
        values[i] = union(field, member, at, path);
      } else {
        values[i] = field.vector() ? vector(field, at, path) : scalar(field, at, path);
      }
    }
    return new Table(type, values, start, offsets);
  }

  /** Where a field lies, or 0 when it is absent. */
  private int fieldStart(
      int vtable, int vtableBytes, int start, int bytes, int slot, Field field, Path path) {
    int entry = 4 + 2 * slot;
    if (entry + 2 > vtableBytes) {
      return 0;
    }
    int offset = data.getShort(vtable + entry) & 0xffff;
    if (offset == 0) {
      return 0;
    }
    int width = slot == field.slot() ? field.inlineBytes() : 1;
    if (offset < 4 || offset > bytes - width) {
      throw malformed(
          vtable + entry,
          new Path(path, field.name(), -1),
          "field lies outside its table of " + bytes + " bytes");
    }
    if ((start + offset) % width != 0) {
      throw malformed(
          start + offset,
          new Path(path, field.name(), -1),
          "field is not aligned to " + width + " bytes");
    }
    return start + offset;
  }

  private Object scalar(Field field, int at, Path path) {
    switch (field.wire()) {
      case BOOL:
        return data.get(at) != 0;
      case I8:
        int code = data.get(at);
        if (field.constants() != null) {
          int count = field.constants().getEnumConstants().length;
          if (code < 0 || code >= count) {
            throw malformed(
                at,
                new Path(path, field.name(), -1),
                code + " is not a known " + field.constants().getSimpleName());
          }
        }
        return code;
      case I16:
        return (int) data.getShort(at);
      case I32:
        return data.getInt(at);
      case U32:
        int value = data.getInt(at);
        if (value < 0) {
          throw malformed(
              at,
              new Path(path, field.name(), -1),
              Integer.toUnsignedString(value) + " is above 2147483647");
        }
        return value;
      case I64:
      case U64:
        return data.getLong(at);
      case F32:
        return data.getFloat(at);
      case STRING:
        return string(field, at, path);
      case TABLE:
        Path inner = new Path(path, field.name(), -1);
        return table(schema.table(field.tables().get(0)), target(at, inner), inner);
      default:
        throw new IllegalStateException("no scalar " + field.wire() + " in the schema");
    }
  }

  private Table union(Field field, int member, int at, Path path) {
    int type = member == 0 ? 0 : data.get(member) & 0xff;
    if (type == 0) {
      return null;
    }
    Path inner = new Path(path, field.name(), -1);
    if (type > field.tables().size()) {
      throw malformed(member, inner, "union type " + type + " is unknown");
    }
    return table(schema.table(field.tables().get(type - 1)), target(at, inner), inner);
  }

  private String string(Field field, int at, Path path) {
    Path inner = new Path(path, field.name(), -1);
    ByteBuffer text = text(at, inner);
    charge(text.remaining(), at, inner);
    byte[] bytes = new byte[text.remaining()];
    text.get(bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private ByteBuffer text(int at, Path inner) {
    int start = target(at, inner);
    int count = count(start, 1, inner);
    if (count >= length - start - 4 || data.get(start + 4 + count) != 0) {
      throw malformed(start, inner, "text of " + count + " bytes does not end with a zero byte");
    }
    return data.slice(start + 4, count);
  }

  private Object vector(Field field, int at, Path path) {
    Path inner = new Path(path, field.name(), -1);
    int vector = target(at, inner);
    int width = field.wire().bytes;
    int count = count(vector, width, inner);
    int start = vector + 4;
    if (field.isBytes()) {
      return data.slice(start, count);
    }
    int alignment = field.wire().alignment();
    if (count != 0 && start % alignment != 0) {
      throw malformed(start, inner, "elements are not aligned to " + alignment + " bytes");
    }
    charge((long) count * width, vector, inner);
    switch (field.wire()) {
      case BOOL:
        boolean[] bools = new boolean[count];
        for (int i = 0; i < count; i++) {
          bools[i] = data.get(start + i) != 0;
        }
        return bools;
      case U16:
        int[] shorts = new int[count];
        for (int i = 0; i < count; i++) {
          shorts[i] = data.getShort(start + 2 * i) & 0xffff;
        }
        return shorts;
      case I32:
      case U32:
      case RANGE:
        int[] ints = new int[count * (width / 4)];
        data.slice(start, count * width).order(ByteOrder.LITTLE_ENDIAN).asIntBuffer().get(ints);
        return ints;
      case I64:
        long[] longs = new long[count];
        data.slice(start, 8 * count).order(ByteOrder.LITTLE_ENDIAN).asLongBuffer().get(longs);
        return longs;
      case F32:
        float[] floats = new float[count];
        data.slice(start, 4 * count).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(floats);
        return floats;
      case BLOB:
        List<ByteBuffer> blobs = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
          blobs.add(text(start + 4 * i, new Path(path, field.name(), i)));
        }
        return Collections.unmodifiableList(blobs);
      case TABLE:
        return tables(field, start, count, path);
      default:
        throw new IllegalStateException("no vector of " + field.wire() + " in the schema");
    }
  }

  private List<Table> tables(Field field, int start, int count, Path path) {
    TableType type = schema.table(field.tables().get(0));
    List<Table> tables = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      Path inner = new Path(path, field.name(), i);
      tables.add(table(type, target(start + 4 * i, inner), inner));
    }
    return Collections.unmodifiableList(tables);
  }

  /** Follows the unsigned offset at {@code at}. */
  private int target(int at, Path path) {
    long offset = data.getInt(at) & 0xffffffffL;
    if (offset < 4 || at + offset > length - 4) {
      throw malformed(at, path, "offset " + offset + " leads outside the " + schema.noun());
    }
    return (int) (at + offset);
  }

  /** The length of the vector at {@code start}, whose elements lie in the file. */
  private int count(int start, int width, Path path) {
    if (start % 4 != 0) {
      throw malformed(start, path, "vector is not aligned to 4 bytes");
    }
    long count = data.getInt(start) & 0xffffffffL;
    if (count * width > length - start - 4) {
      throw malformed(
          start, path, "vector of " + count + " elements ends beyond the " + schema.noun());
    }
    return (int) count;
  }

  private void charge(long bytes, int at, Path path) {
    bytesLeft -= bytes;
    if (bytesLeft < 0) {
      throw malformed(
          at,
          path,
          "vectors overlap: they add up to over four times the size of the " + schema.noun());
    }
  }

  private MalformedModelException malformed(int at, Path path, String rule) {
    return new MalformedModelException(
        source, origin + at, path == null ? rule : path + ": " + rule);
  }
}

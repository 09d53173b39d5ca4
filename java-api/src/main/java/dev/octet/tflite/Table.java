// SPDX-License-Identifier: Apache-2.0
package dev.octet.tflite;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;

/**
 * One table of a model with its values, by TensorFlow Lite's field names; immutable. A field that
 * is not in the file has the schema's default; an absent vector is empty, an absent string or table
 * is null.
 *
 * <p>Every accessor throws {@link IllegalArgumentException} for a name that the table does not have
 * and for a field of another type: both are faults of the caller, never of a file.
 */
public final class Table {
  private static final ByteBuffer NO_BYTES = ByteBuffer.allocate(0).asReadOnlyBuffer();
  private final TableType type;
  private final Object[] values;
  private final int offset;
  private final int[] fieldOffsets;

  /** Takes over the arrays: {@code values[i]} is field {@code i} of the type, null when absent. */
  Table(TableType type, Object[] values, int offset, int[] fieldOffsets) {
    this.type = type;
    this.values = values;
    this.offset = offset;
    this.fieldOffsets = fieldOffsets;
  }

  /** A table of a TensorFlow Lite model of which every field has its default. */
  public static Table of(String name) {
    return builder(name).build();
  }

  /** Starts a table of a TensorFlow Lite model, for writing. */
  public static Builder builder(String name) {
    return builder(TfliteSchema.TFL3, name);
  }

  /** Starts a table of another format, for writing. */
  public static Builder builder(Schema schema, String name) {
    return new Builder(schema.table(name));
  }

  /** A builder that starts with this table's values. */
  public Builder toBuilder() {
    Builder builder = new Builder(type);
    System.arraycopy(values, 0, builder.values, 0, values.length);
    return builder;
  }

  TableType type() {
    return type;
  }

  /** TensorFlow Lite's name of the table, such as {@code Conv2DOptions}. */
  public String name() {
    return type.name();
  }

  /** True for a table that has no fields at all. */
  public boolean fieldless() {
    return type.fields().isEmpty();
  }

  /** Where the table lies in the file, or -1 for one that was built. */
  public int offset() {
    return offset;
  }

  /** Where the field lies in the file, or its table when the field is absent. */
  public int offset(String field) {
    int position = type.position(field);
    return fieldOffsets == null || fieldOffsets[position] == 0 ? offset : fieldOffsets[position];
  }

  /** True when the field is in the file. */
  public boolean has(String field) {
    return values[type.position(field)] != null;
  }

  public boolean bool(String field) {
    return (boolean) get(field, Boolean.class);
  }

  /** An integer of at most 32 bits, or an enumeration's code. */
  public int integer(String field) {
    return (int) get(field, Integer.class);
  }

  public long long_(String field) {
    return (long) get(field, Long.class);
  }

  public float float_(String field) {
    return (float) get(field, Float.class);
  }

  /** The text, or null when absent. */
  public String string(String field) {
    return (String) get(field, String.class);
  }

  /** The constant whose ordinal is the field's code. Codes outside it were refused on reading. */
  public <E extends Enum<E>> E enumeration(String field, Class<E> constants) {
    if (type.fields().get(type.position(field)).constants() != constants) {
      throw new IllegalArgumentException(
          name() + "." + field + " is not a " + constants.getSimpleName());
    }
    return constants.getEnumConstants()[integer(field)];
  }

  public int[] ints(String field) {
    int[] ints = (int[]) get(field, int[].class);
    return ints == null ? new int[0] : ints.clone();
  }

  public long[] longs(String field) {
    long[] longs = (long[]) get(field, long[].class);
    return longs == null ? new long[0] : longs.clone();
  }

  public float[] floats(String field) {
    float[] floats = (float[]) get(field, float[].class);
    return floats == null ? new float[0] : floats.clone();
  }

  public boolean[] bools(String field) {
    boolean[] bools = (boolean[]) get(field, boolean[].class);
    return bools == null ? new boolean[0] : bools.clone();
  }

  /** A read-only, little-endian view of the bytes at position 0. */
  public ByteBuffer bytes(String field) {
    ByteBuffer bytes = (ByteBuffer) get(field, ByteBuffer.class);
    return (bytes == null ? NO_BYTES : bytes).duplicate().order(ByteOrder.LITTLE_ENDIAN);
  }

  /** The table, or a union's, or null when absent. */
  public Table table(String field) {
    return (Table) get(field, Table.class);
  }

  @SuppressWarnings("unchecked")
  public List<Table> tables(String field) {
    List<Table> tables = (List<Table>) get(field, List.class);
    return tables == null ? List.of() : tables;
  }

  /** Bytes that stand in strings; read-only, little-endian views at position 0. */
  @SuppressWarnings("unchecked")
  public List<ByteBuffer> blobs(String field) {
    List<ByteBuffer> blobs = (List<ByteBuffer>) get(field, List.class);
    return blobs == null
        ? List.of()
        : blobs.stream().map(each -> each.duplicate().order(ByteOrder.LITTLE_ENDIAN)).toList();
  }

  /** The value as the file holds it, null when absent, for the writer. */
  Object value(int position) {
    return values[position];
  }

  private Object get(String name, Class<?> javaType) {
    int position = type.position(name);
    Field field = type.fields().get(position);
    if (field.javaType() != javaType) {
      throw new IllegalArgumentException(
          name()
              + "."
              + name
              + " holds "
              + field.javaType().getSimpleName()
              + ", not "
              + javaType.getSimpleName());
    }
    Object value = values[position];
    return value == null ? field.absent() : value;
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(name()).append('{');
    for (int i = 0; i < values.length; i++) {
      if (values[i] != null) {
        text.append(text.charAt(text.length() - 1) == '{' ? "" : ", ");
        text.append(type.fields().get(i).name()).append('=').append(text(values[i]));
      }
    }
    return text.append('}').toString();
  }

  private static String text(Object value) {
    String array = Arrays.deepToString(new Object[] {value});
    return value instanceof ByteBuffer bytes
        ? bytes.remaining() + " bytes"
        : array.substring(1, array.length() - 1);
  }

  /** Collects the values of a table that is to be written. */
  public static final class Builder {
    private final TableType type;
    private final Object[] values;

    private Builder(TableType type) {
      this.type = type;
      this.values = new Object[type.fields().size()];
    }

    /**
     * Sets a field. The value is a Boolean, Integer, Long, Float, String, Table, enumeration
     * constant, {@code int[]}, {@code long[]}, {@code float[]}, {@code boolean[]}, ByteBuffer
     * (position to limit), or a list of tables or ByteBuffers; null takes the field away. A value
     * equal to the default is written too.
     */
    public Builder set(String name, Object value) {
      int position = type.position(name);
      Field field = type.fields().get(position);
      Object stored = value instanceof Enum<?> constant ? (Object) constant.ordinal() : value;
      if (stored instanceof List<?> list) {
        stored = List.copyOf(list);
      } else if (stored instanceof ByteBuffer bytes) {
        stored = bytes.slice().asReadOnlyBuffer();
      }
      if (stored != null && !field.javaType().isInstance(stored)) {
        throw new IllegalArgumentException(
            type.name()
                + "."
                + name
                + " takes "
                + field.javaType().getSimpleName()
                + ", not "
                + value.getClass().getSimpleName());
      }
      if (stored instanceof Table table && !field.tables().contains(table.name())) {
        throw new IllegalArgumentException(
            type.name() + "." + name + " takes " + field.tables() + ", not " + table.name());
      }
      values[position] = stored;
      return this;
    }

    public Table build() {
      return new Table(type, values.clone(), -1, null);
    }
  }
}

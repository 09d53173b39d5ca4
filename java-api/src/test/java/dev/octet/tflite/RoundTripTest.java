// SPDX-License-Identifier: Apache-2.0
package dev.octet.tflite;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.octet.edgetpu.PackageSchema;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every field of every table of both formats, set to what is not its default, and read back. */
class RoundTripTest {
  private int next = 2;

  static Stream<TableType> tables() {
    return Stream.of(TfliteSchema.TFL3, PackageSchema.DWN1)
        .flatMap(schema -> schema.tables().values().stream())
        .sorted(Comparator.comparing(TableType::name));
  }

  private static Table read(TableType type, ByteBuffer bytes) {
    return FlatBufferReader.read(type.schema(), "round trip", bytes, 0, type.name());
  }

  @ParameterizedTest
  @MethodSource("tables")
  void everyFieldComesBack(TableType type) {
    Table written = full(type, 0);
    assertSame(written, read(type, FlatBufferWriter.write(written)));
  }

  @ParameterizedTest
  @MethodSource("tables")
  void everyMemberOfAUnionComesBack(TableType type) {
    for (Field field : type.fields()) {
      for (int member = 0; field.wire() == Wire.UNION && member < field.tables().size(); member++) {
        Table written =
            builder(type)
                .set(field.name(), full(type.schema().table(field.tables().get(member)), member))
                .build();
        ByteBuffer bytes = FlatBufferWriter.write(written);
        assertEquals(member + 1, bytes.get(raw(bytes, field.slot() - 1)));
        assertSame(written, read(type, bytes));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("tables")
  void everyScalarLiesInItsSlot(TableType type) {
    for (Field field : type.fields()) {
      if (field.vector() || field.wire().ordinal() >= Wire.STRING.ordinal()) {
        continue;
      }
      Object value = value(type.schema(), field, 0);
      assertNotEquals(field.absent(), value);
      ByteBuffer bytes = FlatBufferWriter.write(builder(type).set(field.name(), value).build());
      int at = raw(bytes, field.slot());
      assertTrue(at > 0, field.name());
      if (value instanceof Boolean on) {
        assertEquals(on ? 1 : 0, bytes.get(at));
      } else if (value instanceof Float real) {
        assertEquals(real, bytes.getFloat(at));
      } else if (value instanceof Long number) {
        assertEquals(number, bytes.getLong(at));
      } else {
        int width = field.wire().bytes;
        assertEquals(
            value, width == 1 ? bytes.get(at) : width == 2 ? bytes.getShort(at) : bytes.getInt(at));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("tables")
  void anEmptyTableHasDefaults(TableType type) {
    Table read = read(type, FlatBufferWriter.write(builder(type).build()));
    for (Field field : read.type().fields()) {
      assertNull(read.value(read.type().position(field.name())));
    }
  }

  @Test
  void valuesOutsideAByteSurvive() {
    Table written =
        Table.builder("StablehloGatherOptions")
            .set("offset_dims", new long[] {Long.MIN_VALUE, Long.MAX_VALUE})
            .set("index_vector_dim", -5_000_000_000L)
            .build();
    ByteBuffer bytes = FlatBufferWriter.write(written);
    Table read =
        FlatBufferReader.read(TfliteSchema.TFL3, "wide", bytes, 0, "StablehloGatherOptions");
    assertEquals(-5_000_000_000L, read.long_("index_vector_dim"));
    assertArrayEquals(new long[] {Long.MIN_VALUE, Long.MAX_VALUE}, read.longs("offset_dims"));
  }

  @Test
  void bytesAreAlignedAndNeverCopied() {
    Table model =
        Table.builder("Model")
            .set("description", "x")
            .set("buffers", List.of(buffer(1), buffer(17), buffer(3)))
            .build();
    ByteBuffer bytes = FlatBufferWriter.write(model);
    Table read = FlatBufferReader.read(TfliteSchema.TFL3, "bytes", bytes, 0, "Model");
    for (Table buffer : read.tables("buffers")) {
      int at = buffer.offset("data");
      assertEquals(0, (at + bytes.getInt(at) + 4) % 16);
      bytes.put(at + bytes.getInt(at) + 4, (byte) 99);
      assertEquals(99, buffer.bytes("data").get(0));
      assertTrue(buffer.bytes("data").isReadOnly());
    }
  }

  private static Table buffer(int size) {
    return Table.builder("Buffer").set("data", ByteBuffer.allocate(size)).build();
  }

  /** Where the field of a number lies, from the FlatBuffers rules alone; 0 when absent. */
  private static int raw(ByteBuffer bytes, int slot) {
    ByteBuffer data = bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    int table = data.getInt(0);
    int vtable = table - data.getInt(table);
    if (4 + 2 * slot >= data.getShort(vtable)) {
      return 0;
    }
    int offset = data.getShort(vtable + 4 + 2 * slot);
    return offset == 0 ? 0 : table + offset;
  }

  private static Table.Builder builder(TableType type) {
    return Table.builder(type.schema(), type.name());
  }

  private Table full(TableType type, int member) {
    Table.Builder builder = builder(type);
    for (Field field : type.fields()) {
      builder.set(field.name(), value(type.schema(), field, member));
    }
    return builder.build();
  }

  /** A value that differs from the default and from the one before. */
  private Object value(Schema schema, Field field, int member) {
    int number = next++;
    if (field.isBytes()) {
      return ByteBuffer.wrap(new byte[] {(byte) number, 0, (byte) -number});
    }
    if (field.vector()) {
      switch (field.wire()) {
        case BOOL:
          return new boolean[] {true, false, number % 2 == 0};
        case I32:
          return new int[] {number, -number, 1 << 30};
        case RANGE:
          return new int[] {number, -number, 1 << 30, 5};
        case BLOB:
          return List.of(TestModel.bytes(number, 0, -number), TestModel.bytes());
        case U32:
        case U16:
          return new int[] {number, 65535};
        case I64:
          return new long[] {number, -1L << 40};
        case F32:
          return new float[] {number, 0.25f};
        default:
          TableType type = schema.table(field.tables().get(0));
          return List.of(full(type, member), full(type, member + 1), builder(type).build());
      }
    }
    if (field.constants() != null) {
      int count = field.constants().getEnumConstants().length;
      int code = 1 + number % (count - 1);
      return field.absent().equals(code) ? 0 : code;
    }
    switch (field.wire()) {
      case BOOL:
        return !(boolean) field.absent();
      case I8:
        return 1 + number % 100;
      case I16:
        return -300 - number;
      case I32:
      case U32:
        return number + 1000;
      case I64:
      case U64:
        return number + (1L << 40);
      case F32:
        return number + 0.5f;
      case STRING:
        return "text " + number + " \u00e9\u4e16";
      default:
        return full(schema.table(field.tables().get(member % field.tables().size())), member);
    }
  }

  private static void assertSame(Table written, Table read) {
    assertEquals(written.name(), read.name());
    List<Field> fields = written.type().fields();
    for (int i = 0; i < fields.size(); i++) {
      assertSame(written.value(i), read.value(i), written.name() + "." + fields.get(i).name());
    }
  }

  private static void assertSame(Object written, Object read, String where) {
    if (written instanceof Table table) {
      assertSame(table, (Table) read);
    } else if (written instanceof List<?> list) {
      assertEquals(list.size(), ((List<?>) read).size(), where);
      for (int i = 0; i < list.size(); i++) {
        assertSame(list.get(i), ((List<?>) read).get(i), where + "[" + i + "]");
      }
    } else {
      assertArrayEquals(new Object[] {written}, new Object[] {read}, where);
    }
  }
}

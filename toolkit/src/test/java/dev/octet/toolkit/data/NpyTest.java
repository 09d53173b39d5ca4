// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class NpyTest {
  private static final String F4 = "{'descr': '<f4', 'fortran_order': False, 'shape': (3,), }";

  @TempDir Path directory;

  private static ByteBuffer file(int major, int minor, String header, int dataBytes) {
    byte[] text =
        header.getBytes(major == 3 ? StandardCharsets.UTF_8 : StandardCharsets.ISO_8859_1);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(0x93);
    out.writeBytes("NUMPY".getBytes(StandardCharsets.US_ASCII));
    out.write(major);
    out.write(minor);
    for (int i = 0; i < (major == 1 ? 2 : 4); i++) {
      out.write(text.length >> 8 * i);
    }
    out.writeBytes(text);
    for (int i = 0; i < dataBytes; i++) {
      out.write(i + 1);
    }
    return ByteBuffer.wrap(out.toByteArray());
  }

  private static String refusal(ByteBuffer bytes) {
    return assertThrows(DataFormatException.class, () -> NpyReader.parse("x.npy", bytes))
        .getMessage();
  }

  @ParameterizedTest
  @EnumSource(NpyType.class)
  void everyTypeSurvivesWritingAndReading(NpyType type) throws IOException {
    ByteBuffer data = ByteBuffer.allocate(6 * type.bytes()).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < data.capacity(); i++) {
      data.put(i, (byte) (37 * i + 5));
    }
    Path file = directory.resolve("a.npy");
    NpyWriter.write(file, new NpyArray(type, new int[] {2, 3}, data));
    NpyArray read = NpyReader.read(file);
    assertEquals(type, read.type());
    assertArrayEquals(new int[] {2, 3}, read.shape());
    assertEquals(data.position(0), read.data());
    assertEquals(0, (Files.size(file) - data.capacity()) % 64);
  }

  @ParameterizedTest
  @CsvSource({"1", "2", "3"})
  void everyVersionIsRead(int major) throws IOException {
    NpyArray array = NpyReader.parse("x.npy", file(major, 0, F4, 12));
    assertEquals(NpyType.FLOAT32, array.type());
    assertArrayEquals(new int[] {3}, array.shape());
    assertEquals(0x04030201, array.data().getInt(0));
  }

  @Test
  void aScalarAndAnEmptyArrayAreRead() throws IOException {
    String scalar = F4.replace("(3,)", "()");
    assertEquals(4, NpyReader.parse("x.npy", file(1, 0, scalar, 4)).data().remaining());
    String empty = F4.replace("(3,)", "(2, 0)");
    assertArrayEquals(new int[] {2, 0}, NpyReader.parse("x.npy", file(1, 0, empty, 0)).shape());
  }

  @Test
  void keysMayComeInAnyOrderAndQuotes() throws IOException {
    String header = "{\"shape\": (1, 3), \"fortran_order\": False, \"descr\": \"<f4\"}\n";
    assertArrayEquals(new int[] {1, 3}, NpyReader.parse("x.npy", file(1, 0, header, 12)).shape());
  }

  @Test
  void fortranOrderIsRefusedByName() {
    String message = refusal(file(1, 0, F4.replace("False", "True"), 12));
    assertTrue(message.startsWith("x.npy: "), message);
    assertTrue(message.contains("Fortran order"), message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '~',
      value = {
        ">f4; big-endian",
        "<c8; element type '<c8'",
        "|O; element type '|O'",
        "<U5; element type '<U5'",
        "f4; element type 'f4'",
        "|S4; element type '|S4'"
      })
  void otherElementTypesAreRefusedByName(String descr, String reason) {
    String message = refusal(file(1, 0, F4.replace("<f4", descr), 12));
    assertTrue(message.contains(reason), message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '~',
      value = {
        "'descr': '<f4'; not a dictionary",
        "{'descr': '<f4', 'shape': (3,)}; no 'fortran_order'",
        "{'descr': '<f4', 'fortran_order': False}; no 'shape'",
        "{'fortran_order': False, 'shape': (3,)}; no 'descr'",
        "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (3,)}; records",
        "{'descr': '<f4', 'fortran_order': 0, 'shape': (3,)}; cannot be read",
        "{'descr': '<f4', 'fortran_order': '', 'shape': (3,)}; not True or False",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (x,)}; shape (x,)",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (-3,)}; negative",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (3,), 'a': 'b'}; unknown keys",
        "{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (3,)}; twice",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (4,)}; takes 16 bytes, not 12",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (2,)}; takes 8 bytes, not 12"
      })
  void aBadHeaderIsRefusedWithTheReason(String header, String reason) {
    String message = refusal(file(1, 0, header, 12));
    assertTrue(message.contains(reason), message);
  }

  @Test
  void aSizeThatOverflowsIsRefused() {
    String huge = F4.replace("(3,)", "(2147483647, 2147483647, 2147483647)");
    assertTrue(refusal(file(1, 0, huge, 12)).contains("data and shape differ"));
  }

  @Test
  void aFileCutAnywhereIsRefused() {
    ByteBuffer whole = file(1, 0, F4, 12);
    for (int length = 0; length < whole.limit(); length++) {
      ByteBuffer cut = whole.duplicate().limit(length);
      assertTrue(refusal(cut).startsWith("x.npy: "));
    }
  }

  @Test
  void anUnknownVersionAndAnotherFormatAreRefused() {
    assertTrue(refusal(file(4, 0, F4, 12)).contains("version 4.0"));
    assertTrue(refusal(file(1, 1, F4, 12)).contains("version 1.1"));
    assertTrue(refusal(ByteBuffer.wrap("PK\3\4zip file".getBytes())).contains("not a .npy"));
  }
}

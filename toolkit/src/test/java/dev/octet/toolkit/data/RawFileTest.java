// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RawFileTest {
  @TempDir Path directory;

  @Test
  void bytesSurviveAndAreLittleEndian() throws IOException {
    Path file = directory.resolve("a.bin");
    RawFile.write(file, ByteBuffer.wrap(new byte[] {1, 2, 3, 4, 5}));
    RawFile.write(file, ByteBuffer.wrap(new byte[] {9, 1, 2, 3, 4}, 1, 4));
    assertEquals(0x04030201, RawFile.read(file, 4).getInt(0));
  }

  @Test
  void aWrongSizeNamesBothSizes() throws IOException {
    Path file = directory.resolve("a.bin");
    RawFile.write(file, ByteBuffer.allocate(5));
    DataFormatException e = assertThrows(DataFormatException.class, () -> RawFile.read(file, 8));
    assertEquals(file + ": holds 5 bytes, the tensor takes 8", e.getMessage());
  }

  @Test
  void anAbsentFileIsNamed() {
    Path file = directory.resolve("absent.bin");
    NoSuchFileException e = assertThrows(NoSuchFileException.class, () -> RawFile.read(file));
    assertEquals(file.toString(), e.getMessage());
  }
}

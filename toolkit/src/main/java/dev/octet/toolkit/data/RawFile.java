// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.data;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A file of raw little-endian elements in C order, without any header. */
public final class RawFile {
  private RawFile() {}

  /**
   * Reads the whole file.
   *
   * @return its bytes, little-endian, position 0
   * @throws DataFormatException if it is larger than 2 GiB - 1
   */
  public static ByteBuffer read(Path file) throws IOException {
    try (FileChannel in = FileChannel.open(file, StandardOpenOption.READ)) {
      long size = in.size();
      if (size > Integer.MAX_VALUE) {
        throw new DataFormatException(file.toString(), size + " bytes are more than 2 GiB");
      }
      ByteBuffer bytes = ByteBuffer.allocate((int) size).order(ByteOrder.LITTLE_ENDIAN);
      while (bytes.hasRemaining() && in.read(bytes) >= 0) {
        continue;
      }
      return bytes.flip();
    }
  }

  /**
   * Reads a file that must hold exactly {@code expected} bytes.
   *
   * @throws DataFormatException naming both sizes if it does not
   */
  public static ByteBuffer read(Path file, long expected) throws IOException {
    ByteBuffer bytes = read(file);
    if (bytes.remaining() != expected) {
      throw new DataFormatException(
          file.toString(), "holds " + bytes.remaining() + " bytes, the tensor takes " + expected);
    }
    return bytes;
  }

  /** Writes the bytes of {@code bytes} from its position to its limit, replacing the file. */
  public static void write(Path file, ByteBuffer bytes) throws IOException {
    try (FileChannel out =
        FileChannel.open(
            file,
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.TRUNCATE_EXISTING)) {
      ByteBuffer rest = bytes.duplicate();
      while (rest.hasRemaining()) {
        out.write(rest);
      }
    }
  }
}

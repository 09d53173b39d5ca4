// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.data;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;

/**
 * Reads NumPy's .npy format, versions 1, 2 and 3: {@code \x93NUMPY}, major and minor version, the
 * length of the header (16 bits in version 1, else 32), the header, the elements.
 *
 * <p>C order and little-endian element types of {@link NpyType} are read; Fortran order, big-endian
 * and every other type are refused by name, and so is a file whose size does not fit its shape.
 */
public final class NpyReader {
  private NpyReader() {}

  /**
   * Reads a file.
   *
   * @throws DataFormatException naming the file and what is wrong in it
   * @throws IOException if the file cannot be read
   */
  public static NpyArray read(Path file) throws IOException {
    return parse(file.toString(), RawFile.read(file));
  }

  /**
   * Parses the bytes of a .npy file from the position of {@code bytes} to its limit.
   *
   * @param source name for messages
   */
  public static NpyArray parse(String source, ByteBuffer bytes) throws IOException {
    ByteBuffer in = bytes.slice().order(ByteOrder.LITTLE_ENDIAN);
    NpyPreamble preamble = NpyPreamble.read(source, stream(in.duplicate()));
    in.position(preamble.length());
    try {
      return new NpyArray(preamble.header().type(), preamble.header().shape(), in);
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw new DataFormatException(source, "data and shape differ: " + e.getMessage(), e);
    }
  }

  private static InputStream stream(ByteBuffer in) {
    return new InputStream() {
      @Override
      public int read() {
        return in.hasRemaining() ? in.get() & 0xff : -1;
      }

      @Override
      public int read(byte[] into, int offset, int length) {
        int n = Math.min(length, in.remaining());
        in.get(into, offset, n);
        return n == 0 && length > 0 ? -1 : n;
      }
    };
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.data;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Reads NumPy's .npy format, versions 1, 2 and 3: {@code \x93NUMPY}, major and minor version, the
 * length of the header (16 bits in version 1, else 32), the header, the elements.
 *
 * <p>C order and little-endian element types of {@link NpyType} are read; Fortran order, big-endian
 * and every other type are refused by name, and so is a file whose size does not fit its shape.
 */
public final class NpyReader {
  private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};

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
  public static NpyArray parse(String source, ByteBuffer bytes) throws DataFormatException {
    ByteBuffer in = bytes.slice().order(ByteOrder.LITTLE_ENDIAN);
    byte[] magic = new byte[MAGIC.length];
    if (in.remaining() < MAGIC.length + 2 || !Arrays.equals(MAGIC, take(in, magic))) {
      throw new DataFormatException(source, "not a .npy file: it does not start with \\x93NUMPY");
    }
    int major = in.get() & 0xff;
    int minor = in.get() & 0xff;
    if (major < 1 || major > 3 || minor != 0) {
      throw new DataFormatException(
          source, ".npy version " + major + "." + minor + " is unknown; 1.0, 2.0 and 3.0 are read");
    }
    String text = headerText(source, in, major);
    NpyHeader header = NpyHeader.parse(source, text);
    try {
      return new NpyArray(header.type(), header.shape(), in);
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw new DataFormatException(source, "data and shape differ: " + e.getMessage(), e);
    }
  }

  private static String headerText(String source, ByteBuffer in, int major)
      throws DataFormatException {
    int width = major == 1 ? 2 : 4;
    if (in.remaining() < width) {
      throw new DataFormatException(source, "the .npy header is cut short");
    }
    long length = major == 1 ? in.getShort() & 0xffff : in.getInt() & 0xffffffffL;
    if (length > in.remaining()) {
      throw new DataFormatException(
          source, "the .npy header says " + length + " bytes, " + in.remaining() + " are left");
    }
    Charset charset = major == 3 ? StandardCharsets.UTF_8 : StandardCharsets.ISO_8859_1;
    return new String(take(in, new byte[(int) length]), charset);
  }

  private static byte[] take(ByteBuffer in, byte[] into) {
    in.get(into);
    return into;
  }
}

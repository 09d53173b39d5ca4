// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.data;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * What stands before the elements of a .npy file.
 *
 * @param length bytes up to the first element
 */
record NpyPreamble(NpyHeader header, int length) {
  // NumPy itself reads no header of more than 10,000 characters unless told to.
  private static final int MAX_HEADER = 1 << 20;
  private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};

  /** Reads from the start of a .npy file; the elements are what the stream gives next. */
  static NpyPreamble read(String source, InputStream in) throws IOException {
    byte[] start = in.readNBytes(MAGIC.length + 2);
    if (start.length < MAGIC.length + 2
        || !Arrays.equals(MAGIC, Arrays.copyOf(start, MAGIC.length))) {
      throw new DataFormatException(source, "not a .npy file: it does not start with \\x93NUMPY");
    }
    int major = start[MAGIC.length] & 0xff;
    int minor = start[MAGIC.length + 1] & 0xff;
    if (major < 1 || major > 3 || minor != 0) {
      throw new DataFormatException(
          source, ".npy version " + major + "." + minor + " is unknown; 1.0, 2.0 and 3.0 are read");
    }
    int width = major == 1 ? 2 : 4;
    byte[] size = in.readNBytes(width);
    long length = 0;
    for (int i = size.length - 1; i >= 0; i--) {
      length = length << 8 | size[i] & 0xff;
    }
    byte[] text = in.readNBytes((int) Math.min(length, MAX_HEADER));
    if (size.length < width || text.length < length) {
      throw new DataFormatException(
          source, "the .npy header is cut short: " + text.length + " of " + length + " bytes");
    }
    Charset charset = major == 3 ? StandardCharsets.UTF_8 : StandardCharsets.ISO_8859_1;
    NpyHeader header = NpyHeader.parse(source, new String(text, charset));
    return new NpyPreamble(header, start.length + width + text.length);
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.data;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Writes .npy files of version 1.0; the elements start at a multiple of {@value #ALIGNMENT}. */
public final class NpyWriter {
  private static final int ALIGNMENT = 64;
  private static final int PREFIX = 10;

  private NpyWriter() {}

  /** Writes {@code array}, replacing the file if there is one. */
  public static void write(Path file, NpyArray array) throws IOException {
    ByteBuffer header = header(array);
    ByteBuffer data = array.data();
    RawFile.write(
        file,
        ByteBuffer.allocate(header.remaining() + data.remaining()).put(header).put(data).flip());
  }

  private static ByteBuffer header(NpyArray array) {
    StringBuilder text = new StringBuilder("{'descr': '");
    text.append(array.type().descr()).append("', 'fortran_order': False, 'shape': (");
    for (int dimension : array.shape()) {
      text.append(dimension).append(", ");
    }
    text.append("), }");
    while ((PREFIX + text.length() + 1) % ALIGNMENT != 0) {
      text.append(' ');
    }
    byte[] header = text.append('\n').toString().getBytes(StandardCharsets.US_ASCII);
    ByteBuffer out = ByteBuffer.allocate(PREFIX + header.length).order(ByteOrder.LITTLE_ENDIAN);
    out.put((byte) 0x93).put("NUMPY".getBytes(StandardCharsets.US_ASCII)).put((byte) 1);
    return out.put((byte) 0).putShort((short) header.length).put(header).flip();
  }
}

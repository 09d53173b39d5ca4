// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.data;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** An array whose elements stand in a file as they are, from byte {@code start} on. */
record PlainArrayFile(Path file, long start, NpyType type, int[] shape) implements ArrayFile {
  @Override
  public String source() {
    return file.toString();
  }

  @Override
  public Reader open(boolean forward) throws IOException {
    FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
    return new Reader() {
      @Override
      public ByteBuffer read(long offset, int length) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        while (bytes.hasRemaining()) {
          if (channel.read(bytes, start + offset + bytes.position()) < 0) {
            throw new DataFormatException(source(), "has become shorter while it was read");
          }
        }
        return bytes.flip();
      }

      @Override
      public void close() throws IOException {
        channel.close();
      }
    };
  }
}

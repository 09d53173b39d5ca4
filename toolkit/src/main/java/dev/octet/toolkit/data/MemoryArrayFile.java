// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.data;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/** An array that was compressed and is kept unpacked. */
record MemoryArrayFile(String source, NpyType type, int[] shape, byte[] bytes)
    implements ArrayFile {
  @Override
  public Reader open(boolean forward) {
    return new Reader() {
      @Override
      public ByteBuffer read(long offset, int length) throws IOException {
        int from = Math.toIntExact(offset);
        byte[] copy = Arrays.copyOfRange(bytes, from, from + length);
        return ByteBuffer.wrap(copy).order(ByteOrder.LITTLE_ENDIAN);
      }

      @Override
      public void close() {}
    };
  }
}

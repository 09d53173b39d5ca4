// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.evaluate;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.zip.GZIPOutputStream;

/**
 * The size of a model.
 *
 * @param bytes as it is
 * @param gzipBytes as {@code gzip -9} without a name makes it, by java.util.zip
 */
public record FileSize(long bytes, long gzipBytes) {
  /** Measures a file's contents. */
  public static FileSize of(byte[] file) {
    Counter counter = new Counter();
    try (OutputStream gzip = new Best(counter)) {
      gzip.write(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new FileSize(file.length, counter.bytes);
  }

  private static final class Best extends GZIPOutputStream {
    Best(OutputStream out) throws IOException {
      super(out, 1 << 16);
      def.setLevel(9);
    }
  }

  private static final class Counter extends OutputStream {
    private long bytes;

    @Override
    public void write(int one) {
      bytes++;
    }

    @Override
    public void write(byte[] some, int from, int length) {
      bytes += length;
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.data;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;

/** An array in a file, of which parts are read as they are needed. */
interface ArrayFile {
  /** The file, for messages. */
  String source();

  NpyType type();

  int[] shape();

  /**
   * Opens the file.
   *
   * @param forward true when each part that is read begins behind the one before
   */
  Reader open(boolean forward) throws IOException;

  /** Reads parts of the elements. */
  interface Reader extends Closeable {
    /**
     * Reads bytes of the elements into memory of their own: little-endian, position 0.
     *
     * @throws DataFormatException if the file ends before
     */
    ByteBuffer read(long offset, int length) throws IOException;

    @Override
    void close() throws IOException;
  }
}

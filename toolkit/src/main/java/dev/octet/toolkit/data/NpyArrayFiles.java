// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.data;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** Opens .npy files whose elements are read later. */
final class NpyArrayFiles {
  private NpyArrayFiles() {}

  /**
   * Reads the header of a file.
   *
   * @throws DataFormatException if it is no .npy file or its size does not fit its shape
   */
  static ArrayFile open(Path file) throws IOException {
    NpyPreamble preamble;
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
      preamble = NpyPreamble.read(file.toString(), in);
    }
    NpyHeader header = preamble.header();
    requireSize(file.toString(), header, Files.size(file) - preamble.length());
    return new PlainArrayFile(file, preamble.length(), header.type(), header.shape());
  }

  /** Requires that {@code bytes} is what the header's type and shape take. */
  static void requireSize(String source, NpyHeader header, long bytes) throws DataFormatException {
    long elements = Shapes.elements(header.shape());
    if (bytes % header.type().bytes() != 0 || bytes / header.type().bytes() != elements) {
      throw new DataFormatException(
          source,
          String.format(
              "data and shape differ: %d elements of %s in %d bytes",
              elements, header.type(), bytes));
    }
  }
}

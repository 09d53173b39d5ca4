// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reads a file at once. */
public final class WholeFile {
  private WholeFile() {}

  /**
   * The contents of {@code file}.
   *
   * @throws IOException if it cannot be read; it names the file, of a directory too
   */
  public static byte[] read(Path file) throws IOException {
    if (Files.isDirectory(file)) {
      throw new IOException(file + " is a directory");
    }
    return Files.readAllBytes(file);
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.data;

import java.io.IOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** Writes a file whole or not at all. */
public final class AtomicFile {
  private AtomicFile() {}

  /**
   * Writes beside {@code file} under another name, then puts that in its place: at no time is there
   * half a file under the name, and one that was there stays when writing fails.
   */
  public static void write(Path file, byte[] contents) throws IOException {
    Path absolute = file.toAbsolutePath();
    if (Files.isDirectory(absolute)) {
      throw new IOException(file + " is a directory");
    }
    Path parent = absolute.getParent();
    if (!Files.isDirectory(parent)) {
      throw new IOException(file + ": there is no directory " + parent);
    }
    Path part =
        parent.resolve(
            "." + absolute.getFileName() + "." + ProcessHandle.current().pid() + ".part");
    try {
      Files.write(part, contents);
      try {
        Files.move(part, absolute, StandardCopyOption.ATOMIC_MOVE);
      } catch (AtomicMoveNotSupportedException e) {
        Files.move(part, absolute, StandardCopyOption.REPLACE_EXISTING);
      }
    } finally {
      Files.deleteIfExists(part);
    }
  }
}

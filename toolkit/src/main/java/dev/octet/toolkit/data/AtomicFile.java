// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.data;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/** Writes a file whole or not at all. */
public final class AtomicFile {
  private AtomicFile() {}

  /**
   * Writes beside {@code file} under another name, then puts that in its place: at no time is there
   * half a file under the name, and one that was there stays when writing fails. Of a link the
   * target is replaced; into a device or a pipe the contents are written, for it must stay one.
   */
  public static void write(Path file, byte[] contents) throws IOException {
    requireWritable(file);
    Path absolute = Files.exists(file) ? file.toRealPath() : file.toAbsolutePath();
    if (Files.exists(absolute) && !Files.isRegularFile(absolute)) {
      Files.write(absolute, contents, StandardOpenOption.WRITE);
      return;
    }
    Path parent = absolute.getParent();
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
    } catch (NoSuchFileException | AccessDeniedException e) {
      // they name the part, which nobody asked for
      throw new IOException(file + " cannot be written in " + parent, e);
    } finally {
      Files.deleteIfExists(part);
    }
  }

  /**
   * Refuses what {@link #write} would refuse, before long work is begun for it.
   *
   * @throws IOException if {@code file} is a directory, or its directory is absent or may not be
   *     written to
   */
  public static void requireWritable(Path file) throws IOException {
    Path absolute = Files.exists(file) ? file.toRealPath() : file.toAbsolutePath();
    if (Files.isDirectory(absolute)) {
      throw new IOException(file + " is a directory");
    }
    if (Files.exists(absolute) && !Files.isRegularFile(absolute)) {
      return;
    }
    Path parent = absolute.getParent();
    if (!Files.isDirectory(parent)) {
      throw new IOException(file + ": there is no directory " + parent);
    }
    if (!Files.isWritable(parent)) {
      throw new IOException(file + " cannot be written in " + parent);
    }
  }
}

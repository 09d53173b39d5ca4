// SPDX-License-Identifier: Apache-2.0
package dev.octet.edgetpu;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Reads what the kernel shows as small files; what is not there, or not allowed, is empty. */
final class SystemFile {
  private SystemFile() {}

  /** The first line without blanks around it, or an empty text. */
  static String line(Path file) {
    List<String> lines = lines(file);
    return lines.isEmpty() ? "" : lines.get(0).strip();
  }

  /** All lines; any byte is a character. */
  static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file, StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      return List.of();
    }
  }

  /** A non-negative number in decimal digits, or -1. */
  static int number(Path file) {
    try {
      return Integer.parseUnsignedInt(line(file));
    } catch (NumberFormatException e) {
      return -1;
    }
  }

  /** What is in a folder and matches a pattern, in the order of names. */
  static List<Path> list(Path folder, String glob) {
    List<Path> found = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder, glob)) {
      entries.forEach(found::add);
    } catch (IOException | DirectoryIteratorException e) {
      return List.of(); // not there, not allowed, or gone while it was read
    }
    Collections.sort(found);
    return found;
  }
}

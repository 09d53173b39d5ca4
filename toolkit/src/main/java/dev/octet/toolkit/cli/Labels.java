// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.cli;

import dev.octet.toolkit.data.DataFormatException;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The names of a model's classes, one a line. A file with one line less than the model has classes
 * lacks the background class 0; one with one line more has it where the model does not, provided
 * that its first line is {@code background}.
 */
final class Labels {
  private static final String BACKGROUND = "background";

  private final List<String> names;

  private Labels(List<String> names) {
    this.names = names;
  }

  /** No file: classes are named by their number. */
  static Labels numbers(int classes) {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < classes; i++) {
      names.add("class " + i);
    }
    return new Labels(names);
  }

  /**
   * Reads a UTF-8 file for a model of {@code classes} classes.
   *
   * @throws DataFormatException if the number of its lines fits in none of the ways above
   */
  static Labels read(Path file, int classes) throws IOException {
    List<String> lines = lines(file);
    if (lines.size() == classes) {
      return new Labels(lines);
    }
    if (lines.size() == classes - 1) {
      lines.add(0, BACKGROUND);
      return new Labels(lines);
    }
    if (lines.size() == classes + 1 && lines.get(0).strip().equalsIgnoreCase(BACKGROUND)) {
      return new Labels(lines.subList(1, lines.size()));
    }
    throw new DataFormatException(
        file.toString(),
        "holds " + lines.size() + " labels, the model has " + classes + " classes");
  }

  /**
   * Reads a UTF-8 file for a model that tells no number of classes.
   *
   * @throws DataFormatException if it has fewer than {@code classes} lines
   */
  static Labels atLeast(Path file, int classes) throws IOException {
    List<String> lines = lines(file);
    if (lines.size() < classes) {
      throw new DataFormatException(
          file.toString(),
          "holds " + lines.size() + " labels, the model gave class " + (classes - 1));
    }
    return new Labels(lines);
  }

  private static List<String> lines(Path file) throws IOException {
    List<String> lines;
    try {
      lines = new ArrayList<>(Files.readAllLines(file));
    } catch (CharacterCodingException e) {
      throw new DataFormatException(file.toString(), "not a text in UTF-8", e);
    }
    while (!lines.isEmpty() && lines.get(lines.size() - 1).isBlank()) {
      lines.remove(lines.size() - 1);
    }
    return lines;
  }

  String name(int classIndex) {
    return names.get(classIndex).strip();
  }
}

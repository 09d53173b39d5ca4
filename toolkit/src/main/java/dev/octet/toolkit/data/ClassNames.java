// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.data;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The names of classes, by label. */
final class ClassNames {
  private ClassNames() {}

  /**
   * Reads a UTF-8 file with the name of class i in line i; blank lines at its end do not count.
   *
   * @throws DataFormatException if it is no text or names nothing
   */
  static List<String> read(Path file) throws IOException {
    try {
      String text = Files.readString(file).stripTrailing();
      if (!text.isEmpty()) {
        return text.lines().map(String::strip).toList();
      }
    } catch (CharacterCodingException e) {
      throw new DataFormatException(file.toString(), "not a text in UTF-8", e);
    }
    throw new DataFormatException(file.toString(), "names no class");
  }

  /**
   * Requires that each label of a source has a name.
   *
   * @throws DataFormatException naming the first sample whose label has none
   */
  static void require(String file, List<String> classes, SampleSource source)
      throws DataFormatException {
    for (int i = 0; i < source.count(); i++) {
      if (source.label(i) >= classes.size()) {
        throw new DataFormatException(
            source.name(i),
            "has label " + source.label(i) + "; " + file + " names " + classes.size() + " classes");
      }
    }
  }
}

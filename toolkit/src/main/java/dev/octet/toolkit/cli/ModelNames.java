// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.cli;

import java.nio.file.Path;
import java.util.List;

/** Short names of files that tell them apart: the file's own name, or the whole path. */
final class ModelNames {
  private ModelNames() {}

  static List<String> of(List<Path> files) {
    List<String> names = files.stream().map(file -> file.getFileName().toString()).toList();
    boolean unique = names.stream().distinct().count() == names.size();
    return unique ? names : files.stream().map(Path::toString).toList();
  }
}

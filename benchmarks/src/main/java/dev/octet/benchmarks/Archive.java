// SPDX-License-Identifier: Apache-2.0
package dev.octet.benchmarks;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;

/** Models that are packed in a {@code .tar.gz}. */
final class Archive {
  private Archive() {}

  /**
   * Unpacks the entries that are wanted into {@code folder}, flat, and gives them in the order of
   * their names.
   */
  static List<Path> unpack(Path archive, Path folder, Predicate<String> wanted) throws IOException {
    List<Path> files = new ArrayList<>();
    try (InputStream in = new BufferedInputStream(Files.newInputStream(archive));
        TarArchiveInputStream tar = new TarArchiveInputStream(new GZIPInputStream(in))) {
      for (TarArchiveEntry entry; (entry = tar.getNextEntry()) != null; ) {
        if (entry.isFile() && wanted.test(entry.getName())) {
          Path file = folder.resolve(Path.of(entry.getName()).getFileName());
          Files.copy(tar, file);
          files.add(file);
        }
      }
    }
    files.sort(null);
    return files;
  }
}

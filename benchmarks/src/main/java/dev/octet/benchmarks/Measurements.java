// SPDX-License-Identifier: Apache-2.0
package dev.octet.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Comparisons with the peer, each made once however many lines of a table need it. */
final class Measurements {
  private record Key(Path file, ComparisonOptions options) {}

  private final Path shared;
  private final Consumer<String> progress;
  private final Map<Key, Comparison> made = new LinkedHashMap<>();
  private List<Path> seanet;

  /**
   * @param shared the folder of models
   * @param progress is told what is measured next
   */
  Measurements(Path shared, Consumer<String> progress) {
    this.shared = shared;
    this.progress = progress;
  }

  Comparison of(Path file, ComparisonOptions options) {
    Key key = new Key(file, options);
    Comparison known = made.get(key);
    if (known == null) {
      progress.accept(
          String.format(
              "%s, %s, %d threads%s",
              ModelFiles.title(file),
              options.numerics(),
              options.threads(),
              options.isa() == null ? "" : ", " + options.isa()));
      known = Comparison.of(file, options);
      made.put(key, known);
    }
    return known;
  }

  /** The files of a class that are there. */
  List<Path> files(List<String> names) {
    if (names.equals(List.of(SpeedClass.SEANET))) {
      return seanet();
    }
    return names.stream()
        .map(name -> shared.resolve(name).normalize())
        .filter(Files::exists)
        .toList();
  }

  private List<Path> seanet() {
    if (seanet == null) {
      Path archive = shared.resolve(SpeedClass.SEANET);
      try {
        seanet =
            Files.exists(archive)
                ? Archive.unpack(
                    archive,
                    TemporaryFolder.create("octet-seanet"),
                    name -> name.matches("(.*/)?conv/[^/]*\\.tflite"))
                : List.of();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return seanet;
  }
}

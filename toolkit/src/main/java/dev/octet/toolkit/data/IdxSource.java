// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.data;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * MNIST-style files of a folder: {@code PREFIX-images-idx3-ubyte} and {@code
 * PREFIX-labels-idx1-ubyte}, or with {@code .idx} for {@code -idx}, plain or {@code .gz}; the plain
 * one where both are there. Labels may be missing.
 */
final class IdxSource {
  private IdxSource() {}

  /** The prefixes of the images in a folder. */
  static List<String> prefixes(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.matches(".+-images[-.]idx[0-9]-ubyte(\\.gz)?"))
          .map(name -> name.replaceFirst("-images[-.]idx.*", ""))
          .distinct()
          .sorted()
          .toList();
    }
  }

  /**
   * Opens the images and labels of a prefix.
   *
   * @throws DataFormatException if they are damaged, differ in number or do not fit the input
   */
  static SampleSource open(
      String name, Path folder, String prefix, ModelInput input, List<String> classes)
      throws IOException {
    Path imageFile = file(folder, prefix, "images");
    if (imageFile == null) {
      throw new DataFormatException(
          folder.toString(),
          "holds no "
              + prefix
              + "-images-idx3-ubyte or .gz; it has IDX images of "
              + prefixes(folder));
    }
    ArrayFile images = IdxFile.open(imageFile);
    Path labelFile = file(folder, prefix, "labels");
    int[] labels = labelFile == null ? null : labels(IdxFile.open(labelFile));
    return new ArraySource(name, List.of(input), List.of(images), labels, null, classes);
  }

  private static Path file(Path folder, String prefix, String what) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      String start = prefix + "-" + what;
      return files
          .filter(file -> file.getFileName().toString().startsWith(start))
          .filter(
              file ->
                  file.getFileName()
                      .toString()
                      .substring(start.length())
                      .matches("[-.]idx[0-9]-ubyte(\\.gz)?"))
          .sorted()
          .findFirst()
          .orElse(null);
    }
  }

  private static int[] labels(ArrayFile file) throws IOException {
    if (file.shape().length != 1) {
      throw new DataFormatException(
          file.source(), "labels have 1 dimension, not " + file.shape().length);
    }
    int[] labels = Memory.ints(file.source(), file.shape()[0]);
    try (ArrayFile.Reader reader = file.open(true)) {
      ByteBuffer bytes = reader.read(0, labels.length);
      for (int i = 0; i < labels.length; i++) {
        labels[i] = bytes.get(i) & 0xff;
      }
    }
    return labels;
  }
}

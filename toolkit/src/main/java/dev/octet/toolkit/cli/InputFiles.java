// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.cli;

import dev.octet.Tensor;
import dev.octet.TensorType;
import dev.octet.toolkit.data.DataFormatException;
import dev.octet.toolkit.data.Normalization;
import dev.octet.toolkit.data.NpyArray;
import dev.octet.toolkit.data.NpyReader;
import dev.octet.toolkit.data.NpyType;
import dev.octet.toolkit.data.PictureInput;
import dev.octet.toolkit.data.PictureReader;
import dev.octet.toolkit.data.RawFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * Fills input tensors from files: {@code .npy} by its header, {@code .png .jpg .jpeg .bmp} as
 * pictures, any other name as the raw bytes of the tensor. Strings come from the lines of a {@code
 * .txt} or from a file in TensorFlow Lite's layout.
 */
final class InputFiles {
  private final Optional<Normalization> normalization;

  InputFiles(Optional<Normalization> normalization) {
    this.normalization = normalization;
  }

  /**
   * Reads {@code file} into {@code tensor}.
   *
   * @throws DataFormatException naming the file, where it does not fit the tensor
   */
  void fill(Tensor tensor, Path file) throws IOException {
    String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
    if (tensor.type() == TensorType.STRING) {
      strings(tensor, file, name);
    } else if (name.endsWith(".npy")) {
      tensor.buffer().put(npy(tensor, file));
    } else if (PictureReader.isPicture(file)) {
      tensor.buffer().put(picture(tensor, file));
    } else {
      tensor.buffer().put(RawFile.read(file, tensor.bytes()));
    }
  }

  /** A text file holds a string a line; any other TensorFlow Lite's layout. */
  private static void strings(Tensor tensor, Path file, String name) throws IOException {
    try {
      if (name.endsWith(".txt")) {
        tensor.set(Files.readAllLines(file).toArray(String[]::new));
      } else {
        tensor.setStrings(RawFile.read(file));
      }
    } catch (IllegalArgumentException e) {
      throw new DataFormatException(file.toString(), e.getMessage(), e);
    }
  }

  private ByteBuffer picture(Tensor tensor, Path file) throws IOException {
    PictureInput input;
    try {
      input =
          new PictureInput(
              tensor.type(), tensor.shape(), tensor.info().quantization(), normalization);
      return input.encode(PictureReader.read(file));
    } catch (IllegalArgumentException e) {
      throw new DataFormatException(file.toString(), e.getMessage(), e);
    }
  }

  private static ByteBuffer npy(Tensor tensor, Path file) throws IOException {
    NpyArray array = NpyReader.read(file);
    if (npyType(tensor.type()) != array.type()) {
      throw new DataFormatException(
          file.toString(),
          "holds " + array.type() + ", the tensor '" + tensor.name() + "' takes " + tensor.type());
    }
    if (!Arrays.equals(withoutOnes(array.shape()), withoutOnes(tensor.shape()))) {
      throw new DataFormatException(
          file.toString(),
          "has shape "
              + Arrays.toString(array.shape())
              + ", the tensor '"
              + tensor.name()
              + "' has "
              + Arrays.toString(tensor.shape()));
    }
    return array.data();
  }

  private static int[] withoutOnes(int[] shape) {
    return Arrays.stream(shape).filter(d -> d != 1).toArray();
  }

  private static NpyType npyType(TensorType type) {
    return Arrays.stream(NpyType.values())
        .filter(npy -> npy.name().equals(type.name()))
        .findFirst()
        .orElse(null);
  }
}

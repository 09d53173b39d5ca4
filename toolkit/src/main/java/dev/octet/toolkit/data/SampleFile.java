// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.data;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;

/**
 * Files that hold what one input takes for one sample: pictures, {@code .npy}, and {@code .bin}
 * with raw little-endian elements in C order. What a {@code .bin} holds is told by its size: real
 * numbers (float32) or elements of the tensor's own type; for a float input also as many bytes as
 * it has elements, which are pixels.
 */
final class SampleFile {
  /** What a file is, by its name. */
  enum Kind {
    PICTURE,
    NPY,
    RAW;

    /** Returns the kind, or null for a file that is none. */
    static Kind of(Path file) {
      String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
      if (PictureReader.isPicture(file)) {
        return PICTURE;
      }
      return name.endsWith(".npy") ? NPY : name.endsWith(".bin") ? RAW : null;
    }
  }

  private final ModelInput input;
  private final boolean sized;
  private PictureInput pictures;

  SampleFile(ModelInput input) {
    this.input = input;
    this.sized = !Shapes.isOpen(input.shape());
  }

  /**
   * Requires that the input can be fed from files of that kind.
   *
   * @throws DataFormatException naming {@code source} and why not
   */
  void require(String source, Kind kind) throws DataFormatException {
    if (kind == Kind.RAW && !sized) {
      throw new DataFormatException(source, "raw files tell no shape, and " + input);
    }
    if (kind == Kind.PICTURE) {
      int[] shape = input.shape();
      try {
        // a picture gives open sides its own
        input.pictures(Arrays.stream(shape).map(d -> d < 0 ? 8 : d).toArray());
      } catch (IllegalArgumentException e) {
        throw new DataFormatException(source, "holds pictures; " + e.getMessage(), e);
      }
    }
  }

  NpyArray read(Path file) throws IOException {
    return switch (Kind.of(file)) {
      case PICTURE -> picture(file);
      case NPY -> npy(file);
      case RAW -> raw(file);
    };
  }

  private NpyArray picture(Path file) throws IOException {
    Picture picture = PictureReader.read(file);
    int[] shape = input.shape();
    PictureInput rule = pictures;
    if (!sized) {
      shape = sides(shape, picture);
    }
    if (rule == null) {
      rule = input.pictures(shape);
      pictures = sized ? rule : null;
    }
    return new NpyArray(input.sampleType(), shape, rule.encode(picture));
  }

  /** Open dimensions are, from the left, height, width and colours. */
  private static int[] sides(int[] shape, Picture picture) {
    int[] sides = shape.clone();
    int[] own = {picture.h(), picture.w(), picture.c()};
    int first = shape.length == 2 || shape.length == 3 && shape[2] > 0 && shape[2] <= 3 ? 0 : 1;
    for (int i = 0; i < shape.length; i++) {
      if (shape[i] < 0) {
        sides[i] = own[i - first];
      }
    }
    return sides;
  }

  private NpyArray npy(Path file) throws IOException {
    NpyArray array = NpyReader.read(file);
    int[] shape = Shapes.fit(input.shape(), array.shape());
    if (shape == null) {
      throw new DataFormatException(
          file.toString(), "has shape " + Arrays.toString(array.shape()) + "; " + input);
    }
    return input.convert(file.toString(), array.type(), shape, array.data());
  }

  private NpyArray raw(Path file) throws IOException {
    int[] shape = input.shape();
    long elements = Shapes.elements(shape);
    long size = Files.size(file);
    NpyType own = input.ownType();
    NpyType type = null;
    if (input.sampleType() == NpyType.FLOAT32 && size == 4 * elements) {
      type = NpyType.FLOAT32;
    } else if (own != null && size == elements * own.bytes()) {
      type = own;
    } else if (input.sampleType() == NpyType.FLOAT32 && size == elements) {
      type = NpyType.UINT8;
    }
    if (type == null) {
      throw new DataFormatException(
          file.toString(), "holds " + size + " bytes; " + input + ", " + elements + " elements");
    }
    ByteBuffer bytes = RawFile.read(file, size);
    return input.convert(file.toString(), type, shape, bytes);
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.data;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;

/**
 * MNIST's IDX format: two bytes of 0, a type (8: unsigned bytes, the only one read), the number of
 * dimensions, each dimension in 32 bits, the most significant first, the elements. A file whose
 * name ends in {@code .gz} is unpacked into memory, any other read as it is needed.
 */
final class IdxFile {
  private static final int UNSIGNED_BYTES = 8;
  // DEFLATE packs at most 1032 bytes into one.
  private static final long MOST_PACKED = 1032;

  private IdxFile() {}

  /**
   * Opens a file.
   *
   * @throws DataFormatException naming the file, if it is damaged or of another type
   */
  static ArrayFile open(Path file) throws IOException {
    String source = file.toString();
    boolean packed = source.endsWith(".gz");
    try (InputStream stream = Files.newInputStream(file);
        DataInputStream in = new DataInputStream(packed ? new GZIPInputStream(stream) : stream)) {
      int[] shape = shape(source, in);
      long elements = Shapes.elements(shape);
      long start = 4 + 4L * shape.length;
      if (packed) {
        return new MemoryArrayFile(
            source, NpyType.UINT8, shape, unpack(source, in, elements, Files.size(file)));
      }
      if (Files.size(file) - start != elements) {
        throw new DataFormatException(
            source,
            "says " + elements + " elements and holds " + (Files.size(file) - start) + " bytes");
      }
      return new PlainArrayFile(file, start, NpyType.UINT8, shape);
    } catch (EOFException e) {
      throw new DataFormatException(source, "is cut short", e);
    } catch (java.util.zip.ZipException e) {
      throw new DataFormatException(source, "cannot be unpacked: " + e.getMessage(), e);
    }
  }

  private static int[] shape(String source, DataInputStream in) throws IOException {
    int magic = in.readInt();
    if (magic >>> 16 != 0) {
      throw new DataFormatException(source, "not an IDX file: it does not start with two zeros");
    }
    if ((magic >> 8 & 0xff) != UNSIGNED_BYTES) {
      throw new DataFormatException(
          source, "IDX type " + (magic >> 8 & 0xff) + " is not read, only 8 (unsigned bytes)");
    }
    int[] shape = new int[magic & 0xff];
    for (int i = 0; i < shape.length; i++) {
      shape[i] = in.readInt();
      if (shape[i] < 0) {
        throw new DataFormatException(source, "has a dimension of " + shape[i]);
      }
    }
    return shape;
  }

  private static byte[] unpack(String source, InputStream in, long elements, long fileSize)
      throws IOException {
    if (elements / MOST_PACKED > fileSize) {
      throw new DataFormatException(
          source, "says " + elements + " elements, which a file of " + fileSize + " cannot hold");
    }
    byte[] bytes = Memory.bytes(source, elements);
    if (in.readNBytes(bytes, 0, bytes.length) < bytes.length) {
      throw new DataFormatException(source, "is cut short");
    }
    if (in.read() >= 0) {
      throw new DataFormatException(source, "holds more than the " + elements + " it says");
    }
    return bytes;
  }
}

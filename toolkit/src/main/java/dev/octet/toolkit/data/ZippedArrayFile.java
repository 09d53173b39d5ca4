// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.data;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * An array of a .npz file: a .npy file in a zip. It is unpacked as it is read, part by part, so
 * that no more memory is taken than a part needs; read in another order than forward it is unpacked
 * as a whole.
 */
record ZippedArrayFile(Path file, String entry, int start, NpyType type, int[] shape)
    implements ArrayFile {
  private static final String ENDING = ".npy";

  /**
   * Reads the headers of all arrays, by name without {@code .npy}, in the order of the file.
   *
   * @throws DataFormatException if the file is damaged or holds something else than arrays
   */
  static Map<String, ArrayFile> all(Path file) throws IOException {
    Map<String, ArrayFile> arrays = new LinkedHashMap<>();
    try (ZipFile zip = zip(file)) {
      for (ZipEntry entry : zip.stream().map(ZipEntry.class::cast).toList()) {
        String source = file + ":" + entry.getName();
        if (!entry.getName().endsWith(ENDING)) {
          throw new DataFormatException(source, "not an array: its name does not end in .npy");
        }
        NpyPreamble preamble = preamble(source, zip, entry);
        NpyHeader header = preamble.header();
        NpyArrayFiles.requireSize(source, header, entry.getSize() - preamble.length());
        String name = entry.getName().substring(0, entry.getName().length() - ENDING.length());
        ArrayFile array =
            new ZippedArrayFile(
                file, entry.getName(), preamble.length(), header.type(), header.shape());
        if (arrays.put(name, array) != null) {
          throw new DataFormatException(source, "is in the file twice");
        }
      }
    }
    return arrays;
  }

  private static ZipFile zip(Path file) throws IOException {
    try {
      return new ZipFile(file.toFile());
    } catch (java.nio.file.NoSuchFileException e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      throw new DataFormatException(file.toString(), "not a whole .npz file: " + e.getMessage(), e);
    }
  }

  private static NpyPreamble preamble(String source, ZipFile zip, ZipEntry entry)
      throws IOException {
    try (InputStream in = zip.getInputStream(entry)) {
      return NpyPreamble.read(source, in);
    } catch (DataFormatException e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      throw new DataFormatException(source, "cannot be unpacked: " + e.getMessage(), e);
    }
  }

  @Override
  public String source() {
    return file + ":" + entry;
  }

  @Override
  public Reader open(boolean forward) throws IOException {
    ZipFile zip = zip(file);
    try {
      ZipEntry found = zip.getEntry(entry);
      if (found == null) {
        throw new DataFormatException(source(), "is no longer in the file");
      }
      ForwardReader reader = new ForwardReader(source(), zip, zip.getInputStream(found));
      reader.skip(start);
      return forward ? reader : unpacked(reader);
    } catch (IOException | RuntimeException e) {
      zip.close();
      throw e;
    }
  }

  private Reader unpacked(ForwardReader reader) throws IOException {
    long bytes = Shapes.elements(shape) * type.bytes();
    try (reader) {
      byte[] all = Memory.bytes(source(), bytes);
      reader.fill(all);
      return new MemoryArrayFile(source(), type, shape, all).open(false);
    }
  }

  /** Reads on; closes the zip with itself. */
  private static final class ForwardReader implements Reader {
    private final String source;
    private final ZipFile zip;
    private final InputStream in;
    private long at;

    ForwardReader(String source, ZipFile zip, InputStream in) {
      this.source = source;
      this.zip = zip;
      this.in = in;
    }

    void skip(long bytes) throws IOException {
      try {
        in.skipNBytes(bytes);
      } catch (IOException | RuntimeException e) {
        throw damaged(e);
      }
    }

    void fill(byte[] into) throws IOException {
      try {
        if (in.readNBytes(into, 0, into.length) < into.length) {
          throw new DataFormatException(source, "is cut short");
        }
      } catch (DataFormatException e) {
        throw e;
      } catch (IOException | RuntimeException e) {
        throw damaged(e);
      }
    }

    private DataFormatException damaged(Exception e) {
      return new DataFormatException(source, "cannot be unpacked: " + e.getMessage(), e);
    }

    @Override
    public ByteBuffer read(long offset, int length) throws IOException {
      if (offset < at) {
        throw new IllegalArgumentException("read backwards, from " + at + " to " + offset);
      }
      skip(offset - at);
      byte[] bytes = new byte[length];
      fill(bytes);
      at = offset + length;
      return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    @Override
    public void close() throws IOException {
      in.close();
      zip.close();
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.data;

import dev.octet.Quantization;
import dev.octet.TensorInfo;
import dev.octet.TensorType;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.CRC32;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Files of data sets, and inputs to feed from them. */
final class DataFiles {
  private DataFiles() {}

  /** A float input. */
  static TensorInfo floats(String name, int... signature) {
    return info(name, TensorType.FLOAT32, Optional.empty(), signature);
  }

  /** A quantized input. */
  static TensorInfo quantized(String name, TensorType type, float scale, int zero, int... shape) {
    Quantization q = new Quantization(new float[] {scale}, new int[] {zero}, 0);
    return info(name, type, Optional.of(q), shape);
  }

  /** Any input; -1 in {@code signature} is stored as 1. */
  static TensorInfo info(
      String name, TensorType type, Optional<Quantization> quantization, int... signature) {
    int[] shape = signature.clone();
    for (int i = 0; i < shape.length; i++) {
      shape[i] = Math.max(1, shape[i]);
    }
    return new TensorInfo(0, name, type, shape, signature, quantization, false);
  }

  /** An array of 0, 1, 2, ... */
  static NpyArray counting(NpyType type, int... shape) {
    int n = (int) Shapes.elements(shape);
    ByteBuffer data = ByteBuffer.allocate(n * type.bytes()).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < n; i++) {
      switch (type) {
        case UINT8, INT8, BOOL -> data.put((byte) i);
        case INT16, UINT16 -> data.putShort((short) i);
        case INT32, UINT32 -> data.putInt(i);
        case INT64, UINT64 -> data.putLong(i);
        case FLOAT32 -> data.putFloat(i);
        case FLOAT64 -> data.putDouble(i);
        default -> throw new IllegalArgumentException(type.name());
      }
    }
    return new NpyArray(type, shape, data.flip());
  }

  static Path npy(Path file, NpyArray array) throws IOException {
    NpyWriter.write(file, array);
    return file;
  }

  /** The bytes of a .npy file. */
  static byte[] npyBytes(Path folder, NpyArray array) throws IOException {
    Path file = Files.createTempFile(folder, "array", ".tmp");
    NpyWriter.write(file, array);
    byte[] bytes = Files.readAllBytes(file);
    Files.delete(file);
    return bytes;
  }

  static Path npz(Path file, boolean stored, Map<String, NpyArray> arrays) throws IOException {
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
      for (Map.Entry<String, NpyArray> array : arrays.entrySet()) {
        byte[] bytes = npyBytes(file.getParent(), array.getValue());
        ZipEntry entry = new ZipEntry(array.getKey() + ".npy");
        if (stored) {
          CRC32 checksum = new CRC32();
          checksum.update(bytes);
          entry.setMethod(ZipEntry.STORED);
          entry.setSize(bytes.length);
          entry.setCrc(checksum.getValue());
        }
        zip.putNextEntry(entry);
        zip.write(bytes);
      }
    }
    return file;
  }

  /** The bytes of an IDX file. */
  static byte[] idxBytes(int type, int[] shape, byte[] data) throws IOException {
    ByteBuffer header = ByteBuffer.allocate(4 + 4 * shape.length);
    header.putInt(type << 8 | shape.length);
    for (int d : shape) {
      header.putInt(d);
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(header.array());
    out.write(data);
    return out.toByteArray();
  }

  /** Writes a file, packed where its name ends in .gz. */
  static Path write(Path file, byte[] bytes) throws IOException {
    try (OutputStream stream = Files.newOutputStream(file);
        OutputStream out =
            file.toString().endsWith(".gz") ? new GZIPOutputStream(stream) : stream) {
      out.write(bytes);
    }
    return file;
  }

  /** Writes {@code count} images of 2 x 2 whose pixels count up from 0; image i has label i % 3. */
  static void idx(Path folder, String prefix, String ending, int count) throws IOException {
    byte[] pixels = new byte[4 * count];
    byte[] labels = new byte[count];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) i;
      labels[i / 4] = (byte) (i / 4 % 3);
    }
    write(
        folder.resolve(prefix + "-images-idx3-ubyte" + ending),
        idxBytes(8, new int[] {count, 2, 2}, pixels));
    write(
        folder.resolve(prefix + "-labels-idx1-ubyte" + ending),
        idxBytes(8, new int[] {count}, labels));
  }

  /** All samples of a set. */
  static List<Sample> all(DataSet set) {
    List<Sample> samples = new ArrayList<>();
    set.forEach(samples::add);
    return samples;
  }

  /** What the first input of each sample takes. */
  static List<float[]> firsts(DataSet set) {
    return all(set).stream().map(sample -> sample.inputs().get(0).toFloats()).toList();
  }
}

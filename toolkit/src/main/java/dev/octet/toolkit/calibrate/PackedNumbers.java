// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.calibrate;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Base64;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

/**
 * Arrays as short strings: floats as their bytes, little-endian, whole numbers as LEB128 (seven
 * bits a byte, the lowest first, the top bit on all but the last), deflated (zlib), in base64.
 */
final class PackedNumbers {
  /** Larger arrays are refused: 256 MB. */
  private static final int MOST_BYTES = 1 << 28;

  private PackedNumbers() {}

  static String floats(float[] values) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    return pack(bytes.array());
  }

  static float[] floats(String packed) {
    ByteBuffer bytes = ByteBuffer.wrap(unpack(packed)).order(ByteOrder.LITTLE_ENDIAN);
    float[] values = new float[bytes.remaining() / 4];
    bytes.asFloatBuffer().get(values);
    return values;
  }

  /** Of numbers that are not negative. */
  static String longs(long[] values) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (long value : values) {
      long rest = value;
      while (rest > 127) {
        out.write((int) (rest & 127 | 128));
        rest >>>= 7;
      }
      out.write((int) rest);
    }
    return pack(out.toByteArray());
  }

  static long[] longs(String packed) {
    byte[] bytes = unpack(packed);
    long[] values = new long[bytes.length];
    int n = 0;
    int shift = 0;
    for (byte each : bytes) {
      values[n] |= (each & 127L) << shift;
      shift = each < 0 ? Math.min(56, shift + 7) : 0;
      n += each < 0 ? 0 : 1;
    }
    return Arrays.copyOf(values, n);
  }

  private static String pack(byte[] bytes) {
    Deflater deflater = new Deflater(Deflater.BEST_COMPRESSION);
    try {
      deflater.setInput(bytes);
      deflater.finish();
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      byte[] part = new byte[8192];
      while (!deflater.finished()) {
        out.write(part, 0, deflater.deflate(part));
      }
      return Base64.getEncoder().encodeToString(out.toByteArray());
    } finally {
      deflater.end();
    }
  }

  /**
   * @throws IllegalArgumentException for what {@link #pack} did not give
   */
  private static byte[] unpack(String packed) {
    Inflater inflater = new Inflater();
    try {
      inflater.setInput(Base64.getDecoder().decode(packed));
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      byte[] part = new byte[8192];
      while (!inflater.finished() && out.size() < MOST_BYTES) {
        int n = inflater.inflate(part);
        if (n == 0 && !inflater.finished()) {
          throw new IllegalArgumentException("damaged numbers: they are cut short");
        }
        out.write(part, 0, n);
      }
      return out.toByteArray();
    } catch (DataFormatException e) {
      throw new IllegalArgumentException("damaged numbers: " + e.getMessage(), e);
    } finally {
      inflater.end();
    }
  }
}

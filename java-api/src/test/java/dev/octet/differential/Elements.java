// SPDX-License-Identifier: Apache-2.0
package dev.octet.differential;

import dev.octet.TensorType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/** Compares tensors element by element. */
final class Elements {
  private Elements() {}

  /**
   * The first difference in words, or null.
   *
   * @param tolerance of floats, in parts of the greatest finite |expected|; NaN equals NaN, and
   *     infinities equal themselves
   * @param steps by which integers of 8 and 16 bits may differ
   */
  static String difference(
      TensorType type, byte[] expected, byte[] actual, double tolerance, int steps) {
    if (expected.length != actual.length) {
      return "has " + actual.length + " bytes, not " + expected.length;
    }
    boolean real =
        switch (type) {
          case FLOAT32, FLOAT64, FLOAT16, BFLOAT16, COMPLEX64, COMPLEX128 -> true;
          default -> false;
        };
    boolean small = type.bytes() > 0 && type.bits() <= 16 && type != TensorType.BOOL;
    if (!real && (steps == 0 || !small)) {
      int at = Arrays.mismatch(expected, actual);
      int size = Math.max(1, type.bytes());
      return at < 0
          ? null
          : difference(at / size, value(type, expected, at / size), value(type, actual, at / size));
    }
    boolean complex = type == TensorType.COMPLEX64 || type == TensorType.COMPLEX128;
    int count = expected.length / (complex ? type.bytes() / 2 : type.bytes());
    double greatest = 0;
    for (int i = 0; i < count && real; i++) {
      double value = Math.abs(value(type, expected, i));
      greatest = value < Double.POSITIVE_INFINITY ? Math.max(greatest, value) : greatest;
    }
    double allowed = real ? tolerance * greatest : steps;
    for (int i = 0; i < count; i++) {
      double e = value(type, expected, i);
      double a = value(type, actual, i);
      if (Double.compare(e, a) != 0 && !(Math.abs(e - a) <= allowed)) {
        return difference(i, e, a);
      }
    }
    return null;
  }

  private static String difference(int at, double expected, double actual) {
    return "element " + at + " is " + actual + ", not " + expected;
  }

  private static double value(TensorType type, byte[] bytes, int i) {
    ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    return switch (type) {
      case FLOAT32, COMPLEX64 -> in.getFloat(4 * i);
      case FLOAT64, COMPLEX128 -> in.getDouble(8 * i);
      case FLOAT16 -> half(in.getShort(2 * i));
      case BFLOAT16 -> Float.intBitsToFloat(in.getShort(2 * i) << 16);
      case INT8 -> in.get(i);
      case INT16 -> in.getShort(2 * i);
      case UINT16 -> in.getShort(2 * i) & 0xffff;
      case INT32 -> in.getInt(4 * i);
      case UINT32 -> in.getInt(4 * i) & 0xffffffffL;
      case INT64, UINT64 -> in.getLong(8 * i);
      default -> in.get(i) & 0xff;
    };
  }

  private static double half(short bits) {
    int exponent = bits >> 10 & 31;
    int mantissa = bits & 0x3ff;
    double value =
        exponent == 31
            ? (mantissa == 0 ? Double.POSITIVE_INFINITY : Double.NaN)
            : exponent == 0
                ? mantissa * 0x1p-24
                : (1 + mantissa / 1024.0) * Math.pow(2, exponent - 15);
    return bits < 0 ? -value : value;
  }
}

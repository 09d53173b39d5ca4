// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.data;

import java.nio.ByteBuffer;

/** Reads single elements of arrays as numbers; the buffers are little-endian. */
final class Elements {
  private Elements() {}

  /** Element {@code i} as a real number; true is 1. */
  static double real(NpyType type, ByteBuffer data, int i) {
    return switch (type) {
      case FLOAT16 -> half(data.getShort(2 * i));
      case FLOAT32 -> data.getFloat(4 * i);
      case FLOAT64 -> data.getDouble(8 * i);
      case UINT64 -> unsigned(data.getLong(8 * i));
      default -> whole(type, data, i);
    };
  }

  /**
   * Element {@code i} of an integer or BOOL array. UINT64 above the range of a long is negative.
   *
   * @throws IllegalArgumentException for a float type
   */
  static long whole(NpyType type, ByteBuffer data, int i) {
    return switch (type) {
      case BOOL -> data.get(i) == 0 ? 0 : 1;
      case INT8 -> data.get(i);
      case UINT8 -> data.get(i) & 0xff;
      case INT16 -> data.getShort(2 * i);
      case UINT16 -> data.getShort(2 * i) & 0xffff;
      case INT32 -> data.getInt(4 * i);
      case UINT32 -> data.getInt(4 * i) & 0xffffffffL;
      case INT64, UINT64 -> data.getLong(8 * i);
      default -> throw new IllegalArgumentException(type + " holds no whole numbers");
    };
  }

  /** Tells whether {@link #whole} reads the type. */
  static boolean isWhole(NpyType type) {
    return type != NpyType.FLOAT16 && type != NpyType.FLOAT32 && type != NpyType.FLOAT64;
  }

  private static double unsigned(long bits) {
    return bits >= 0 ? bits : 2.0 * (bits >>> 1 | bits & 1);
  }

  private static double half(short bits) {
    int exponent = bits >> 10 & 0x1f;
    int fraction = bits & 0x3ff;
    double size;
    if (exponent == 0x1f) {
      size = fraction == 0 ? Double.POSITIVE_INFINITY : Double.NaN;
    } else if (exponent == 0) {
      size = Math.scalb((double) fraction, -24);
    } else {
      size = Math.scalb((double) (fraction | 0x400), exponent - 25);
    }
    return bits < 0 ? -size : size;
  }
}

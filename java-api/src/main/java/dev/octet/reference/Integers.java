// SPDX-License-Identifier: Apache-2.0
package dev.octet.reference;

import dev.octet.TensorType;

/** Numbers of integer types in longs; uint64 by its bits. */
final class Integers {
  private Integers() {}

  /** The number of the type that has the low bits of x. */
  static long wrap(TensorType type, long x) {
    return switch (type) {
      case INT8 -> (byte) x;
      case UINT8, BOOL -> x & 0xff;
      case INT16 -> (short) x;
      case UINT16 -> x & 0xffff;
      case INT32 -> (int) x;
      case UINT32 -> x & 0xffffffffL;
      default -> x;
    };
  }

  static int compare(TensorType type, long a, long b) {
    return type == TensorType.UINT64 ? Long.compareUnsigned(a, b) : Long.compare(a, b);
  }

  /** The least number of a type; of unsigned ones 0. */
  static long least(TensorType type) {
    return switch (type) {
      case INT8 -> Byte.MIN_VALUE;
      case INT16 -> Short.MIN_VALUE;
      case INT32 -> Integer.MIN_VALUE;
      case INT64 -> Long.MIN_VALUE;
      default -> 0;
    };
  }

  /** The greatest number of a type. */
  static long greatest(TensorType type) {
    return switch (type) {
      case INT8 -> Byte.MAX_VALUE;
      case UINT8 -> 0xff;
      case INT16 -> Short.MAX_VALUE;
      case UINT16 -> 0xffff;
      case INT32 -> Integer.MAX_VALUE;
      case UINT32 -> 0xffffffffL;
      case INT64 -> Long.MAX_VALUE;
      case BOOL -> 1;
      default -> -1;
    };
  }
}

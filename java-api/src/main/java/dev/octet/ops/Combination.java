// SPDX-License-Identifier: Apache-2.0
package dev.octet.ops;

import dev.octet.TensorType;
import java.nio.ByteBuffer;

/** How an update of STABLEHLO_SCATTER meets the element that is there. Integers wrap. */
enum Combination {
  REPLACE(null) {
    @Override
    double of(double a, double b) {
      return b;
    }

    @Override
    long of(long a, long b, boolean unsigned) {
      return b;
    }
  },
  ADD("STABLEHLO_ADD") {
    @Override
    double of(double a, double b) {
      return a + b;
    }

    @Override
    long of(long a, long b, boolean unsigned) {
      return a + b;
    }
  },
  MULTIPLY("STABLEHLO_MULTIPLY") {
    @Override
    double of(double a, double b) {
      return a * b;
    }

    @Override
    long of(long a, long b, boolean unsigned) {
      return a * b;
    }
  },
  MAXIMUM("STABLEHLO_MAXIMUM") {
    @Override
    double of(double a, double b) {
      return a < b ? b : a;
    }

    @Override
    long of(long a, long b, boolean unsigned) {
      return less(a, b, unsigned) ? b : a;
    }
  },
  MINIMUM("STABLEHLO_MINIMUM") {
    @Override
    double of(double a, double b) {
      return b < a ? b : a;
    }

    @Override
    long of(long a, long b, boolean unsigned) {
      return less(b, a, unsigned) ? b : a;
    }
  };

  private final String operator;

  Combination(String operator) {
    this.operator = operator;
  }

  /** The one of an operator, or null. */
  static Combination of(String operator) {
    for (Combination each : values()) {
      if (operator.equals(each.operator)) {
        return each;
      }
    }
    return null;
  }

  abstract double of(double a, double b);

  abstract long of(long a, long b, boolean unsigned);

  private static boolean less(long a, long b, boolean unsigned) {
    return unsigned ? Long.compareUnsigned(a, b) < 0 : a < b;
  }

  /** Element {@code to} of y meets element {@code from} of the updates. */
  final void put(TensorType type, ByteBuffer y, int to, ByteBuffer updates, int from) {
    switch (type) {
      case FLOAT32 ->
          // of two float32, double sums and products are exact enough to round once
          y.putFloat(4 * to, (float) of(y.getFloat(4 * to), updates.getFloat(4 * from)));
      case FLOAT64 -> y.putDouble(8 * to, of(y.getDouble(8 * to), updates.getDouble(8 * from)));
      case FLOAT16 -> y.putShort(2 * to, half(y.getShort(2 * to), updates.getShort(2 * from)));
      case BOOL ->
          y.put(to, (byte) (of((long) y.get(to), (long) updates.get(from), false) != 0 ? 1 : 0));
      case INT64 -> y.putLong(8 * to, of(y.getLong(8 * to), updates.getLong(8 * from), false));
      case UINT64 -> y.putLong(8 * to, of(y.getLong(8 * to), updates.getLong(8 * from), true));
      case INT32 ->
          y.putInt(
              4 * to, (int) of((long) y.getInt(4 * to), (long) updates.getInt(4 * from), false));
      case UINT32 ->
          y.putInt(
              4 * to,
              (int)
                  of(
                      Integer.toUnsignedLong(y.getInt(4 * to)),
                      Integer.toUnsignedLong(updates.getInt(4 * from)),
                      false));
      case INT16 ->
          y.putShort(
              2 * to,
              (short) of((long) y.getShort(2 * to), (long) updates.getShort(2 * from), false));
      case UINT16 ->
          y.putShort(
              2 * to,
              (short)
                  of(y.getShort(2 * to) & 0xffffL, updates.getShort(2 * from) & 0xffffL, false));
      case UINT8 -> y.put(to, (byte) of(y.get(to) & 0xffL, updates.get(from) & 0xffL, false));
      default -> y.put(to, (byte) of((long) y.get(to), (long) updates.get(from), false));
    }
  }

  private short half(short a, short b) {
    return this == REPLACE
        ? b
        : HalfFloat.of((float) of((double) HalfFloat.toFloat(a), (double) HalfFloat.toFloat(b)));
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.octet.ops;

import dev.octet.TensorType;
import dev.octet.program.HostCall;
import dev.octet.program.HostTensor;
import java.nio.ByteBuffer;

/** Sums, products and extremes of the rows that belong to one segment, float32 or int32. */
final class Segments {
  /** What becomes of the rows of a segment, and what a segment without rows has. */
  enum Reduction {
    SUM(0, 0) {
      @Override
      float of(float a, float b) {
        return a + b;
      }

      @Override
      int of(int a, int b) {
        return a + b;
      }
    },
    PROD(1, 1) {
      @Override
      float of(float a, float b) {
        return a * b;
      }

      @Override
      int of(int a, int b) {
        return a * b;
      }
    },
    MAX(-Float.MAX_VALUE, Integer.MIN_VALUE) {
      @Override
      float of(float a, float b) {
        return a < b ? b : a;
      }

      @Override
      int of(int a, int b) {
        return Math.max(a, b);
      }
    },
    MIN(Float.MAX_VALUE, Integer.MAX_VALUE) {
      @Override
      float of(float a, float b) {
        return b < a ? b : a;
      }

      @Override
      int of(int a, int b) {
        return Math.min(a, b);
      }
    };

    private final float firstFloat;
    private final int firstInt;

    Reduction(float firstFloat, int firstInt) {
      this.firstFloat = firstFloat;
      this.firstInt = firstInt;
    }

    abstract float of(float a, float b);

    abstract int of(int a, int b);
  }

  private Segments() {}

  /**
   * Row {@code i} of x goes to row {@code segments[i]} of y, or nowhere when that is negative.
   *
   * @param shape of y; its first dimension aside, the dimensions of a row
   */
  static void reduce(
      HostCall call, Reduction reduction, HostTensor x, int[] segments, ByteBuffer y, int[] shape) {
    int row = Axes.product(shape, 1, shape.length);
    int total = row * shape[0];
    boolean real = x.type() == TensorType.FLOAT32;
    for (int i = 0; i < total; i++) {
      if (i % HostCall.PAUSE == 0) {
        call.checkStopped();
      }
      if (real) {
        y.putFloat(4 * i, reduction.firstFloat);
      } else {
        y.putInt(4 * i, reduction.firstInt);
      }
    }
    ByteBuffer in = x.data();
    for (int i = 0; i < segments.length; i++) {
      if ((long) i * row % HostCall.PAUSE <= row) {
        call.checkStopped();
      }
      int from = 4 * i * row;
      int to = 4 * segments[i] * row;
      for (int j = 0; segments[i] >= 0 && j < 4 * row; j += 4) {
        if (real) {
          y.putFloat(to + j, reduction.of(y.getFloat(to + j), in.getFloat(from + j)));
        } else {
          y.putInt(to + j, reduction.of(y.getInt(to + j), in.getInt(from + j)));
        }
      }
    }
  }
}

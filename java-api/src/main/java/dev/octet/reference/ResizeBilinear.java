// SPDX-License-Identifier: Apache-2.0
package dev.octet.reference;

import dev.octet.TensorType;

/**
 * y from the four elements of x around a position, weighted by their nearness: in float32 for
 * float32 and uint8 (the sum with a half is cut off), in steps of 2^-10 for int8 and int16 (halves
 * away from zero).
 */
final class ResizeBilinear implements ReferenceKernel {
  private static final int ONE = 1 << 10;

  /** What an output position is made of; the fraction of {@code high} is real or in steps. */
  private record Tap(int low, int high, float fraction, int steps) {
    static Tap real(int in, float position) {
      int floor = (int) Math.floor(position);
      int low = Math.max(0, Math.min(floor, in - 1));
      return new Tap(low, Math.min((int) Math.ceil(position), in - 1), position - low, 0);
    }

    static Tap whole(int in, int position) {
      // of a negative position, which lies before the first element, the quotient is cut off too
      int low = Math.max(0, Math.min(position / ONE, in - 1));
      int high = Math.min((position + ONE - 1) / ONE, in - 1);
      return new Tap(low, high, 0, low == high ? 0 : position - low * ONE);
    }
  }

  private static Tap[] taps(int in, int out, boolean align, boolean half, boolean whole) {
    boolean aligned = align && out > 1;
    int from = aligned ? in - 1 : in;
    int to = aligned ? out - 1 : out;
    float scale = (float) from / to;
    int steps = (ONE * from + to / 2) / to;
    Tap[] taps = new Tap[out];
    for (int o = 0; o < out; o++) {
      taps[o] =
          whole
              ? Tap.whole(in, o * steps + (half ? steps / 2 - ONE / 2 : 0))
              : Tap.real(in, half ? (o + 0.5f) * scale - 0.5f : o * scale);
    }
    return taps;
  }

  @Override
  public void run(Call call) {
    Operand x = call.value("x");
    Operand y = call.value("y");
    if (y.elements() == 0) {
      return;
    }
    boolean align = call.i32("align_corners") != 0;
    boolean half = call.i32("half_pixel") != 0;
    boolean whole = x.type() == TensorType.INT8 || x.type() == TensorType.INT16;
    Tap[] rows = taps(x.dim(1), y.dim(1), align, half, whole);
    Tap[] columns = taps(x.dim(2), y.dim(2), align, half, whole);
    int at = 0;
    for (int n = 0; n < x.dim(0); n++) {
      for (Tap row : rows) {
        call.checkStopped();
        for (Tap column : columns) {
          for (int c = 0; c < x.dim(3); c++) {
            int[] corners = {
              place(x, n, row.low(), column.low(), c),
              place(x, n, row.low(), column.high(), c),
              place(x, n, row.high(), column.low(), c),
              place(x, n, row.high(), column.high(), c)
            };
            store(x, corners, row, column, y, at++);
          }
        }
      }
    }
  }

  private static int place(Operand x, int n, int h, int w, int c) {
    return ((n * x.dim(1) + h) * x.dim(2) + w) * x.dim(3) + c;
  }

  private static void store(Operand x, int[] corners, Tap row, Tap column, Operand y, int at) {
    float top = 1 - row.fraction();
    float left = 1 - column.fraction();
    float[] weights = {
      top * left, top * column.fraction(), row.fraction() * left, row.fraction() * column.fraction()
    };
    switch (x.type()) {
      case FLOAT32 -> {
        double sum = 0;
        for (int i = 0; i < corners.length; i++) {
          sum += x.real(corners[i]) * weights[i];
        }
        y.set(at, sum);
      }
      case UINT8 -> {
        float sum = x.get(corners[0]) * weights[0];
        for (int i = 1; i < corners.length; i++) {
          sum += x.get(corners[i]) * weights[i];
        }
        y.set(at, (long) (sum + 0.5f));
      }
      default -> {
        long upper = ONE - row.steps();
        long before = ONE - column.steps();
        long sum =
            x.get(corners[0]) * upper * before
                + x.get(corners[1]) * upper * column.steps()
                + x.get(corners[2]) * row.steps() * before
                + x.get(corners[3]) * row.steps() * column.steps();
        y.set(at, Rounding.shiftHalfAway(sum, 20));
      }
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.octet.reference;

import dev.octet.TensorType;
import java.util.Arrays;

/** SOFTMAX and LOG_SOFTMAX over the last axis, m being the largest of a row. */
final class Softmax implements ReferenceKernel {
  /** Values of a function at every 128th int16. */
  private static final int POINTS = 513;

  @Override
  public void run(Call call) {
    Operand x = call.value("x");
    int row = x.dim(-1);
    boolean log = call.i32("operation") == 1;
    if (x.elements() == 0) {
      return;
    }
    if (x.type() == TensorType.FLOAT32) {
      floats(call, x.floats(), row, log);
    } else if (x.type() == TensorType.INT16) {
      words(call, x.ints(), row);
    } else {
      bytes(call, x.ints(), row, log);
    }
  }

  private static void floats(Call call, float[] x, int row, boolean log) {
    double beta = log ? 1 : call.f32("beta");
    double[] y = new double[x.length];
    for (int first = 0; first < x.length; first += row) {
      call.checkStopped();
      double m = Double.NEGATIVE_INFINITY;
      for (int i = first; i < first + row; i++) {
        m = Math.max(m, x[i]);
      }
      double sum = 0;
      for (int i = first; i < first + row; i++) {
        y[i] = Math.exp(beta * (x[i] - m));
        sum += y[i];
      }
      for (int i = first; i < first + row; i++) {
        y[i] = log ? x[i] - m - Math.log(sum) : y[i] / sum;
      }
    }
    call.value("y").set(y);
  }

  /** Exponentials by a table of float32, added in float32 in their order. */
  private static void bytes(Call call, int[] x, int row, boolean log) {
    Operand y = call.value("y");
    float[] table = call.value("table").floats();
    int zero = call.i32("y_zero");
    float xScale = call.f32("x_scale");
    float yScale = call.f32("y_scale");
    int low = y.type() == TensorType.UINT8 ? 0 : y.type() == TensorType.INT8 ? -128 : -32768;
    int high = y.type() == TensorType.UINT8 ? 255 : -low - 1;
    int[] result = new int[x.length];
    for (int first = 0; first < x.length; first += row) {
      call.checkStopped();
      int m = Arrays.stream(x, first, first + row).max().getAsInt();
      float sum = 0;
      for (int i = first; i < first + row; i++) {
        sum += table[255 + x[i] - m];
      }
      float factor = 1 / (sum * yScale);
      float scale = xScale / yScale;
      float start = (xScale * m + (float) Math.log(sum)) / yScale;
      for (int i = first; i < first + row; i++) {
        long q;
        if (log) {
          q = (long) Math.rint(scale * x[i] - start);
        } else {
          q = share(table[255 + x[i] - m] * factor, y.type() == TensorType.UINT8);
        }
        result[i] = Rounding.clamp(q + zero, low, high);
      }
    }
    y.set(result);
  }

  /** Rounded, halves up; of uint8 the sum with a half is a float32 that is cut off. */
  private static long share(float share, boolean unsigned) {
    return unsigned ? (long) (share + 0.5f) : (long) Math.floor(share + 0.5);
  }

  /** Exponentials and the reciprocal of their sum are fractions of 2^15 between table points. */
  private static void words(Call call, int[] x, int row) {
    int[] table = call.value("table").ints();
    int multiplier = call.i32("multiplier");
    int shift = call.i32("shift");
    int[] y = new int[x.length];
    for (int first = 0; first < x.length; first += row) {
      call.checkStopped();
      int m = Arrays.stream(x, first, first + row).max().getAsInt();
      int sum = 0;
      for (int i = first; i < first + row; i++) {
        long d = Rounding.halfAway(x[i] - m, multiplier, shift) + (long) Short.MAX_VALUE;
        y[i] = Lut.between(table, 0, Rounding.clamp(d, Short.MIN_VALUE, Short.MAX_VALUE));
        sum += y[i];
      }
      int zeros = sum == 0 ? 31 : Integer.numberOfLeadingZeros(sum);
      int headroom = Math.max(1, Math.min(30, zeros));
      // the sum scaled to [1, 2), in 2^-16, less 1, and its place among int16
      long scaled = Rounding.shiftHalfUp((sum & 0xffffffffL) << (headroom - 1), 14);
      long at = scaled - (1 << 15) - (1 << 16);
      int reciprocal =
          Lut.between(table, POINTS, Rounding.clamp(at, Short.MIN_VALUE, Short.MAX_VALUE));
      for (int i = first; i < first + row; i++) {
        long p = Rounding.shiftHalfUp((long) y[i] * reciprocal, 31 - headroom);
        y[i] = Rounding.clamp(p, 0, Short.MAX_VALUE);
      }
    }
    call.value("y").set(y);
  }
}

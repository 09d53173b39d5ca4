// SPDX-License-Identifier: Apache-2.0
package dev.octet.reference;

import dev.octet.TensorType;
import java.util.Arrays;

/** y = the elements of x that differ only in some axes, made into one. */
final class Reduce implements ReferenceKernel {
  private static final int SUM = 0;
  private static final int MEAN = 1;
  private static final int PROD = 2;
  private static final int MAX = 3;
  private static final int MIN = 4;
  private static final int ANY = 5;

  private static final int PLAIN = 0;
  private static final int FIXED = 1;

  @Override
  public void run(Call call) {
    Operand x = call.value("x");
    Operand y = call.value("y");
    int operation = call.i32("operation");
    Broadcast targets = targets(x, call.i32("axes"));
    int count = 1;
    for (int axis = 0; axis < x.rank(); axis++) {
      count *= (call.i32("axes") >> axis & 1) != 0 ? x.dim(axis) : 1;
    }
    if (x.real()) {
      floats(operation, x.floats(), targets, count, y);
    } else if (call.i32("form") == PLAIN) {
      integers(operation, x.longs(), targets, count, y);
    } else if (operation == PROD) {
      products(call, x.ints(), targets, y);
    } else {
      sums(call, operation, x.ints(), targets, y);
    }
  }

  /** Of each element of x the element of y that it goes into. */
  private static Broadcast targets(Operand x, int axes) {
    int[] shape = x.dims();
    int[] kept = x.dims();
    for (int axis = 0; axis < shape.length; axis++) {
      kept[axis] = (axes >> axis & 1) != 0 ? 1 : shape[axis];
    }
    return Broadcast.of(kept, shape);
  }

  private static void floats(int operation, float[] x, Broadcast targets, int count, Operand y) {
    boolean empty = x.length == 0;
    double start =
        switch (operation) {
          case PROD -> 1;
          case MAX -> empty ? -Float.MAX_VALUE : Double.NEGATIVE_INFINITY;
          case MIN -> empty ? Float.MAX_VALUE : Double.POSITIVE_INFINITY;
          default -> 0;
        };
    double[] result = new double[y.elements()];
    Arrays.fill(result, start);
    for (int i = 0; i < x.length; i++) {
      double so = result[targets.at(i)];
      result[targets.at(i)] =
          switch (operation) {
            case PROD -> so * x[i];
            case MAX -> Math.max(so, x[i]);
            case MIN -> Math.min(so, x[i]);
            default -> so + x[i];
          };
    }
    for (int i = 0; i < result.length && operation == MEAN; i++) {
      result[i] /= count;
    }
    y.set(result);
  }

  /** Sums and products wrap; the mean is of 64 bits and cut off. */
  private static void integers(int operation, long[] x, Broadcast targets, int count, Operand y) {
    boolean wide = y.type() == TensorType.INT64;
    long start =
        switch (operation) {
          case PROD -> 1;
          case MAX -> wide ? Long.MIN_VALUE : Quantize.lowest(y);
          case MIN -> wide ? Long.MAX_VALUE : Quantize.greatest(y);
          case SUM, MEAN, ANY -> 0;
          default -> 1;
        };
    long[] result = new long[y.elements()];
    Arrays.fill(result, start);
    for (int i = 0; i < x.length; i++) {
      long so = result[targets.at(i)];
      result[targets.at(i)] =
          switch (operation) {
            case SUM, MEAN -> so + x[i];
            case PROD -> so * x[i];
            case MAX -> Math.max(so, x[i]);
            case MIN -> Math.min(so, x[i]);
            case ANY -> so | x[i];
            default -> so & x[i];
          };
    }
    for (int i = 0; i < result.length && operation == MEAN; i++) {
      result[i] = count == 0 ? 0 : result[i] / count;
    }
    y.set(result);
  }

  /** SUM and MEAN of quantized numbers, sums wrapping in 32 bits. */
  private static void sums(Call call, int operation, int[] x, Broadcast targets, Operand y) {
    int[] result = new int[y.elements()];
    for (int i = 0; i < x.length; i++) {
      result[targets.at(i)] += x[i];
    }
    int zero = call.i32("y_zero");
    for (int i = 0; i < result.length; i++) {
      long v;
      if (x.length == 0) {
        v = operation == SUM ? zero : 0;
      } else if (call.i32("form") == FIXED) {
        int sum = result[i] + call.i32("offset");
        v = (long) Rounding.halfAway(sum, call.i32("multiplier"), call.i32("shift")) + zero;
      } else {
        float sum = result[i] * call.f32("scale") + call.f32("bias");
        v = (long) Rounding.halfAway(sum > -1e6f ? Math.min(sum, 1e6f) : -1e6f) + zero;
      }
      result[i] = Rounding.clamp(v, Quantize.lowest(y), Quantize.greatest(y));
    }
    y.set(result);
  }

  /** The product is rescaled after every factor, in the order of x. */
  private static void products(Call call, int[] x, Broadcast targets, Operand y) {
    int offset = call.i32("offset");
    int multiplier = call.i32("multiplier");
    int shift = call.i32("shift");
    int[] result = new int[y.elements()];
    boolean[] begun = new boolean[result.length];
    for (int i = 0; i < x.length; i++) {
      int at = targets.at(i);
      long factor = (long) x[i] + offset;
      result[at] = begun[at] ? Rounding.wide(result[at] * factor, multiplier, shift) : (int) factor;
      begun[at] = true;
    }
    for (int i = 0; i < result.length; i++) {
      long v = x.length == 0 ? 0 : Rounding.wide(result[i], multiplier, shift);
      result[i] = Rounding.clamp(v + call.i32("y_zero"), Quantize.lowest(y), Quantize.greatest(y));
    }
    y.set(result);
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.octet.reference;

import dev.octet.TensorType;

/**
 * y[o] = init joined with what stands at the positions o * stride + k * dilation - pad, for all k
 * of the window in row-major order: an element of x where the base dilation leads to one, else
 * init.
 */
final class ReduceWindow implements ReferenceKernel {
  /** Positions between two questions whether the run goes on. */
  private static final int PAUSE = 1 << 16;

  private static final int ADD = 0;
  private static final int MUL = 1;
  private static final int MIN = 2;
  private static final int MAX = 3;
  private static final int ALL = 4;

  @Override
  public void run(Call call) {
    Operand x = call.value("x");
    Operand y = call.value("y");
    int rank = x.rank();
    int operation = call.i32("operation");
    int[] geometry = call.value("geometry").ints();
    Operand init = call.value("init");
    long window = 1;
    for (int axis = 0; axis < rank; axis++) {
      window *= geometry[axis];
    }
    int[] o = new int[rank];
    int[] k = new int[rank];
    for (int at = 0; at < y.elements(); at++) {
      double real = y.real() ? init.real(0) : 0;
      long integer = y.real() ? 0 : number(init, 0);
      for (long w = 0; w < window; w++) {
        if (w % PAUSE == 0) {
          call.checkStopped();
        }
        int from = element(x, geometry, o, k);
        if (y.real()) {
          real = join(operation, real, from < 0 ? init.real(0) : x.real(from));
          real = y.type() == TensorType.FLOAT32 ? (float) real : real;
        } else {
          integer = join(operation, integer, from < 0 ? number(init, 0) : number(x, from));
          integer = y.type() == TensorType.BOOL ? (byte) integer : Integers.wrap(y.type(), integer);
        }
        next(k, geometry);
      }
      if (y.real()) {
        y.set(at, real);
      } else if (y.type() == TensorType.BOOL) {
        y.memory().put(at, (byte) integer);
      } else {
        y.set(at, integer);
      }
      next(o, y.dims());
    }
  }

  /** Booleans count as int8. */
  private static long number(Operand value, int i) {
    return value.type() == TensorType.BOOL ? value.memory().get(i) : value.get(i);
  }

  private static void next(int[] at, int[] dims) {
    for (int axis = at.length - 1; axis >= 0 && ++at[axis] == dims[axis]; axis--) {
      at[axis] = 0;
    }
  }

  /** The element of x at a place of a window, or -1. */
  private static int element(Operand x, int[] geometry, int[] o, int[] k) {
    int rank = o.length;
    int from = 0;
    for (int axis = 0; axis < rank; axis++) {
      long position = (long) o[axis] * geometry[rank + axis];
      position += (long) k[axis] * geometry[2 * rank + axis] - geometry[4 * rank + axis];
      int base = geometry[3 * rank + axis];
      if (position < 0 || position % base != 0 || position / base >= x.dim(axis)) {
        return -1;
      }
      from = from * x.dim(axis) + (int) (position / base);
    }
    return from;
  }

  private static double join(int operation, double a, double b) {
    return switch (operation) {
      case ADD -> a + b;
      case MUL -> a * b;
      case MIN -> a < b ? a : b;
      case MAX -> a > b ? a : b;
      case ALL -> a != 0 && b != 0 ? 1 : 0;
      default -> a != 0 || b != 0 ? 1 : 0;
    };
  }

  private static long join(int operation, long a, long b) {
    return switch (operation) {
      case ADD -> a + b;
      case MUL -> a * b;
      case MIN -> Math.min(a, b);
      case MAX -> Math.max(a, b);
      case ALL -> a != 0 && b != 0 ? 1 : 0;
      default -> a != 0 || b != 0 ? 1 : 0;
    };
  }
}

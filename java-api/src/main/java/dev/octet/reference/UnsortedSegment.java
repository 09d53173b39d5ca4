// SPDX-License-Identifier: Apache-2.0
package dev.octet.reference;

import java.util.Arrays;

/** y[s] = sum, product, maximum or minimum of all rows x[i] with ids[i] == s. */
final class UnsortedSegment implements ReferenceKernel {
  private static final int SUM = 0;
  private static final int PRODUCT = 1;
  private static final int MAXIMUM = 2;

  @Override
  public void run(Call call) {
    Operand y = call.value("y");
    int reduction = call.i32("reduction");
    int[] ids = call.value("ids").ints();
    boolean real = y.real();
    double[] x = real ? call.value("x").doubles() : toDoubles(call.value("x").ints());
    double[] result = new double[y.elements()];
    double least = real ? -Float.MAX_VALUE : Integer.MIN_VALUE;
    double greatest = real ? Float.MAX_VALUE : Integer.MAX_VALUE;
    double start = reduction == SUM ? 0 : reduction == PRODUCT ? 1 : least;
    Arrays.fill(result, reduction > MAXIMUM ? greatest : start);
    int row = y.product(1, y.rank());
    for (int i = 0; i < ids.length; i++) {
      call.pause(i);
      if (ids[i] >= y.dim(0)) {
        throw call.failure("segment " + ids[i] + " is not less than " + y.dim(0));
      }
      for (int j = 0; j < row && ids[i] >= 0; j++) {
        int at = ids[i] * row + j;
        double v = joined(reduction, result[at], x[i * row + j]);
        // products of two int32 need more than a double holds
        boolean wraps = !real && reduction == PRODUCT;
        result[at] =
            wraps ? (int) result[at] * (int) x[i * row + j] : real ? v : (double) (int) (long) v;
      }
    }
    for (int i = 0; i < result.length; i++) {
      if (real) {
        y.set(i, result[i]);
      } else {
        y.set(i, (long) result[i]);
      }
    }
  }

  private static double[] toDoubles(int[] numbers) {
    return Arrays.stream(numbers).asDoubleStream().toArray();
  }

  private static double joined(int reduction, double a, double b) {
    return switch (reduction) {
      case SUM -> a + b;
      case PRODUCT -> a * b;
      case MAXIMUM -> a < b ? b : a;
      default -> b < a ? b : a;
    };
  }
}

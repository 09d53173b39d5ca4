// SPDX-License-Identifier: Apache-2.0
package dev.octet.reference;

/** Sums along an axis up to each element, or, exclusive, before it; from the end with reverse. */
final class Cumsum implements ReferenceKernel {
  @Override
  public void run(Call call) {
    Operand x = call.value("x");
    Operand y = call.value("y");
    int given = (int) call.value("axis").get(0);
    int axis = given < 0 ? given + x.rank() : given;
    if (axis < 0 || axis >= x.rank()) {
      throw call.failure("axis " + given + " of rank " + x.rank());
    }
    boolean exclusive = call.i32("exclusive") != 0;
    boolean reverse = call.i32("reverse") != 0;
    int length = x.dim(axis);
    int inner = x.product(axis + 1, x.rank());
    double[] reals = x.real() ? x.doubles() : null;
    long[] integers = x.real() ? null : x.longs();
    for (int o = 0; o < x.product(0, axis); o++) {
      for (int r = 0; r < inner; r++) {
        call.pause(r);
        double real = 0;
        long integer = 0;
        for (int step = 0; step < length; step++) {
          int at = (o * length + (reverse ? length - 1 - step : step)) * inner + r;
          if (reals != null) {
            double before = real;
            real += reals[at];
            y.set(at, exclusive ? before : real);
          } else {
            long before = integer;
            integer += integers[at];
            y.set(at, exclusive ? before : integer);
          }
        }
      }
    }
  }
}

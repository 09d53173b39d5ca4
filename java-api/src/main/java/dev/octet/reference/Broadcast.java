// SPDX-License-Identifier: Apache-2.0
package dev.octet.reference;

/** The broadcasting rule: dimensions are aligned at the last; each is 1 or that of y. */
final class Broadcast {
  private Broadcast() {}

  /** Of each element of y, in row-major order, the number of the element of x that it takes. */
  static int[] sources(Operand x, Operand y) {
    return sources(x.dims(), y.dims());
  }

  /** The same of shapes. */
  static int[] sources(int[] x, int[] y) {
    int rank = y.length;
    int[] strides = new int[rank];
    int step = 1;
    for (int axis = x.length - 1; axis >= 0; axis--) {
      if (axis + rank - x.length >= 0) {
        strides[axis + rank - x.length] = x[axis] == 1 ? 0 : step;
      }
      step *= x[axis];
    }
    int count = 1;
    for (int dim : y) {
      count *= dim;
    }
    int[] sources = new int[count];
    int[] at = new int[rank];
    int source = 0;
    for (int i = 0; i < count; i++) {
      sources[i] = source;
      for (int axis = rank - 1; axis >= 0; axis--) {
        source += strides[axis];
        if (++at[axis] < y[axis]) {
          break;
        }
        source -= strides[axis] * y[axis];
        at[axis] = 0;
      }
    }
    return sources;
  }
}

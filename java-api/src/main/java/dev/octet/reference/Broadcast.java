// SPDX-License-Identifier: Apache-2.0
package dev.octet.reference;

import java.util.Arrays;

/** The broadcasting rule: dimensions are aligned at the last; each is 1 or that of y. */
final class Broadcast {
  /** What the number of an element is multiplied by where there is no table. */
  private final int step;

  private final int[] table;

  private Broadcast(int step, int[] table) {
    this.step = step;
    this.table = table;
  }

  /** How elements of y take those of x. */
  static Broadcast of(Operand x, Operand y) {
    return of(x.dims(), y.dims());
  }

  /** The same of shapes. */
  static Broadcast of(int[] x, int[] y) {
    if (Arrays.equals(x, y)) {
      return new Broadcast(1, null);
    }
    boolean one = Arrays.stream(x).allMatch(dim -> dim == 1);
    return one ? new Broadcast(0, null) : new Broadcast(0, table(x, y));
  }

  /** The number of the element of x that element i of y takes, both in row-major order. */
  int at(int i) {
    return table == null ? i * step : table[i];
  }

  private static int[] table(int[] x, int[] y) {
    int rank = y.length;
    int[] strides = new int[rank];
    int stride = 1;
    for (int axis = x.length - 1; axis >= 0; axis--) {
      if (axis + rank - x.length >= 0) {
        strides[axis + rank - x.length] = x[axis] == 1 ? 0 : stride;
      }
      stride *= x[axis];
    }
    int count = 1;
    for (int dim : y) {
      count *= dim;
    }
    int[] table = new int[count];
    int[] at = new int[rank];
    int source = 0;
    for (int i = 0; i < count; i++) {
      table[i] = source;
      for (int axis = rank - 1; axis >= 0; axis--) {
        source += strides[axis];
        if (++at[axis] < y[axis]) {
          break;
        }
        source -= strides[axis] * y[axis];
        at[axis] = 0;
      }
    }
    return table;
  }
}

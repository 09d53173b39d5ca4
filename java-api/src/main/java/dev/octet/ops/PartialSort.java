// SPDX-License-Identifier: Apache-2.0
package dev.octet.ops;

/**
 * The indices of the greatest values in decreasing order, equal values in the order in which the
 * GNU C++ library's {@code std::partial_sort} leaves them: it keeps a heap of those found so far,
 * then takes the heap apart.
 */
final class PartialSort {
  private final float[] values;
  private final int[] order;

  private PartialSort(float[] values) {
    this.values = values;
    this.order = new int[values.length];
    for (int i = 0; i < order.length; i++) {
      order[i] = i;
    }
  }

  /** All indices; the first {@code count} are those of the greatest values. */
  static int[] greatest(float[] values, int count) {
    PartialSort sort = new PartialSort(values);
    sort.select(count);
    for (int last = count - 1; last > 0; last--) {
      sort.pop(last, last);
    }
    return sort.order;
  }

  private boolean before(int a, int b) {
    return values[a] > values[b];
  }

  private void select(int count) {
    for (int parent = (count - 2) / 2; count > 1 && parent >= 0; parent--) {
      sink(parent, count, order[parent]);
    }
    for (int i = count; i < order.length && count > 0; i++) {
      if (before(order[i], order[0])) {
        pop(count, i);
      }
    }
  }

  /** Puts the top of the heap of {@code length} at {@code to}, and what was there into the heap. */
  private void pop(int length, int to) {
    int value = order[to];
    order[to] = order[0];
    sink(0, length, value);
  }

  private void sink(int top, int length, int value) {
    int hole = top;
    int child = top;
    while (child < (length - 1) / 2) {
      child = 2 * (child + 1);
      if (before(order[child], order[child - 1])) {
        child--;
      }
      order[hole] = order[child];
      hole = child;
    }
    if (length % 2 == 0 && child == (length - 2) / 2) {
      child = 2 * (child + 1);
      order[hole] = order[child - 1];
      hole = child - 1;
    }
    for (int parent = (hole - 1) / 2; hole > top && before(order[parent], value); ) {
      order[hole] = order[parent];
      hole = parent;
      parent = (hole - 1) / 2;
    }
    order[hole] = value;
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.octet.reference;

import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * The k greatest elements of every row, greatest first, equal ones by place; a NaN is less than
 * every number, -0 equals 0.
 */
final class TopK implements ReferenceKernel {
  @Override
  public void run(Call call) {
    Operand x = call.value("x");
    Operand values = call.value("values");
    Operand indices = call.value("indices");
    int n = x.dim(-1);
    int k = values.dim(-1);
    for (int row = 0; k > 0 && row < values.elements() / k; row++) {
      call.checkStopped();
      int first = row * n;
      Comparator<Integer> greatest =
          x.real()
              ? Comparator.comparingDouble((Integer i) -> order(x.real(first + i))).reversed()
              : Comparator.comparingLong((Integer i) -> x.get(first + i)).reversed();
      int[] places = // the sort is stable
          IntStream.range(0, n).boxed().sorted(greatest).limit(k).mapToInt(i -> i).toArray();
      for (int j = 0; j < k; j++) {
        indices.set(row * k + j, (long) places[j]);
        if (x.real()) {
          values.set(row * k + j, x.real(first + places[j]));
        } else {
          values.set(row * k + j, x.get(first + places[j]));
        }
      }
    }
  }

  /** A number that orders as the elements do: without -0, a NaN below minus infinity. */
  private static double order(double x) {
    return Double.isNaN(x)
        ? Double.NEGATIVE_INFINITY
        : x == Double.NEGATIVE_INFINITY ? -Double.MAX_VALUE : x + 0.0;
  }
}

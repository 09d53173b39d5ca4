// SPDX-License-Identifier: Apache-2.0
package dev.octet.reference;

import dev.octet.TensorType;

/**
 * y = table(x): of bytes by 256 entries, where numbers of x and y count from the least of their
 * types; of int16 by 65536 entries, or by straight lines between 513. An x below {@code least} ends
 * the run.
 */
final class Lut implements ReferenceKernel {
  private static final int EVERY = 1 << 16;

  @Override
  public void run(Call call) {
    Operand y = call.value("y");
    int[] x = call.value("x").ints();
    Operand table = call.value("table");
    int least = call.i32("least");
    int[] entries = table.ints();
    int[] result = new int[x.length];
    boolean bytes = table.elements() == 256;
    int xLeast = call.value("x").type() == TensorType.INT8 ? Byte.MIN_VALUE : 0;
    int yLeast = y.type() == TensorType.INT8 ? Byte.MIN_VALUE : 0;
    for (int i = 0; i < x.length; i++) {
      if (x[i] < least) {
        throw call.failure("an input is less than " + least);
      }
      if (bytes) {
        result[i] = entries[x[i] - xLeast] + yLeast;
      } else {
        result[i] = entries.length == EVERY ? entries[x[i] + EVERY / 2] : between(entries, 0, x[i]);
      }
    }
    y.set(result);
  }

  /**
   * A function of -32768 to 32767 from its values at every 128th.
   *
   * @param from where in the array the first of the 513 values is
   */
  static int between(int[] points, int from, int x) {
    int at = from + 256 + (x >> 7);
    int step = (short) (points[at + 1] - points[at]);
    return (short) (points[at] + (step * (x & 127) + 64 >> 7));
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.octet.reference;

/** y[i, c] = scale * table[rows[i], c] of int8 or packed int4, a scale for each block of a row. */
final class EmbeddingLookup implements ReferenceKernel {
  @Override
  public void run(Call call) {
    Operand y = call.value("y");
    int[] rows = call.value("rows").ints();
    byte[] table = call.value("table").bytes();
    float[] scales = call.value("scales").floats();
    boolean half = call.i32("bits") == 4;
    int n = call.i32("n");
    int block = call.i32("block");
    int cols = y.product(1, y.rank());
    for (int row : rows) {
      if (row < 0 || row >= n) {
        throw call.failure("row " + row + " is outside 0 to " + (n - 1));
      }
    }
    for (int i = 0; i < y.elements(); i++) {
      call.pause(i);
      int at = rows[i / cols] * cols + i % cols;
      int number = half ? nibble(table[at / 2], at % 2) : table[at];
      y.set(i, (double) (scales[scales.length == 1 ? 0 : at / block] * number));
    }
  }

  private static int nibble(byte pair, int upper) {
    return upper == 1 ? pair >> 4 : (byte) (pair << 4) >> 4;
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.octet.reference;

/**
 * y[y_offset + sum i_k * y_stride_k] = x[x_offset + sum i_k * x_stride_k] for all 0 <= i_k < dim_k,
 * k = 0..9; offsets and strides in elements. With a table of 256 bytes y[...] = table[x[...]].
 */
final class CopyStrided implements ReferenceKernel {
  private static final int LOOPS = 10;

  @Override
  public void run(Call call) {
    Operand x = call.value("x");
    Operand y = call.value("y");
    byte[] from = x.bytes();
    byte[] to = y.bytes();
    int flips = x.flip() ^ y.flip();
    for (int i = 0; flips != 0 && i < from.length; i++) {
      from[i] ^= (byte) flips;
    }
    if (call.has("table")) {
      byte[] table = call.value("table").bytes();
      for (int i = 0; i < from.length; i++) {
        from[i] = table[from[i] & 0xff];
      }
    }
    int[] dims = new int[LOOPS];
    int[] xStrides = new int[LOOPS];
    int[] yStrides = new int[LOOPS];
    long count = 1;
    for (int k = 0; k < LOOPS; k++) {
      dims[k] = call.i32("dim_" + k);
      xStrides[k] = call.i32("x_stride_" + k);
      yStrides[k] = call.i32("y_stride_" + k);
      count *= dims[k];
    }
    int size = x.elementBytes();
    int[] at = new int[LOOPS];
    int xAt = call.i32("x_offset");
    int yAt = call.i32("y_offset");
    for (long i = 0; i < count; i++) {
      call.pause((int) i);
      for (int b = 0; b < size; b++) {
        to[yAt * size + b] = from[xAt * size + b];
      }
      for (int k = LOOPS - 1; k >= 0; k--) {
        xAt += xStrides[k];
        yAt += yStrides[k];
        if (++at[k] < dims[k]) {
          break;
        }
        xAt -= xStrides[k] * dims[k];
        yAt -= yStrides[k] * dims[k];
        at[k] = 0;
      }
    }
    y.setBytes(to);
  }
}

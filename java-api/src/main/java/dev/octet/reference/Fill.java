// SPDX-License-Identifier: Apache-2.0
package dev.octet.reference;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * y[i] = v for every index i outside the box low_k <= i_k < dim_k - high_k, k = 0..7. v is an
 * element, or the low_bits and high_bits of one.
 */
final class Fill implements ReferenceKernel {
  @Override
  public void run(Call call) {
    Operand y = call.value("y");
    int size = y.elementBytes();
    byte[] v = new byte[size];
    if (call.has("v")) {
      Operand value = call.value("v");
      System.arraycopy(value.bytes(), 0, v, 0, size);
      v[0] ^= (byte) (value.flip() ^ y.flip());
    } else {
      byte[] bits =
          ByteBuffer.allocate(8)
              .order(ByteOrder.LITTLE_ENDIAN)
              .putInt(call.i32("low_bits"))
              .putInt(call.i32("high_bits"))
              .array();
      System.arraycopy(bits, 0, v, 0, Math.min(size, 8));
    }
    byte[] bytes = y.bytes();
    int[] at = new int[y.rank()];
    int[] low = new int[at.length];
    int[] end = new int[at.length];
    for (int k = 0; k < at.length; k++) {
      low[k] = call.i32("low_" + k);
      end[k] = y.dim(k) - call.i32("high_" + k);
    }
    for (int i = 0; i < y.elements(); i++) {
      call.pause(i);
      boolean inside = at.length > 0;
      for (int k = 0; k < at.length; k++) {
        inside &= at[k] >= low[k] && at[k] < end[k];
      }
      if (!inside) {
        System.arraycopy(v, 0, bytes, i * size, size);
      }
      for (int k = at.length - 1; k >= 0 && ++at[k] == y.dim(k); k--) {
        at[k] = 0;
      }
    }
    y.setBytes(bytes);
  }
}

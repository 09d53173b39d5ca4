// SPDX-License-Identifier: Apache-2.0
package dev.octet.reference;

/** y[o.., j, r..] = indices[o.., r..] == j ? on : off. */
final class OneHot implements ReferenceKernel {
  @Override
  public void run(Call call) {
    Operand y = call.value("y");
    long[] indices = call.value("indices").longs();
    byte[] on = call.value("on").bytes();
    byte[] off = call.value("off").bytes();
    int axis = call.i32("axis");
    int depth = y.dim(axis);
    int inner = y.product(axis + 1, y.rank());
    byte[] result = y.bytes();
    for (int i = 0; i < y.elements(); i++) {
      call.pause(i);
      int j = i / inner % depth;
      boolean hot = indices[i / inner / depth * inner + i % inner] == j;
      System.arraycopy(hot ? on : off, 0, result, i * on.length, on.length);
    }
    y.setBytes(result);
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.octet.reference;

/** y[b.., o.., i.., r..] = x[b.., o.., indices[b.., i..], r..]. */
final class Gather implements ReferenceKernel {
  @Override
  public void run(Call call) {
    Operand x = call.value("x");
    Operand indices = call.value("indices");
    Operand y = call.value("y");
    int axis = call.i32("axis");
    int batch = call.i32("batch_dims");
    int length = x.dim(axis);
    for (int i = 0; i < indices.elements(); i++) {
      long index = indices.get(i);
      if (index < 0 || index >= length) {
        throw call.failure("index " + index + " is outside 0 to " + (length - 1));
      }
    }
    int batches = x.product(0, batch);
    int outer = x.product(batch, axis);
    int picks = indices.product(batch, indices.rank());
    int row = x.product(axis + 1, x.rank()) * x.elementBytes();
    byte[] from = x.bytes();
    byte[] to = y.bytes();
    int at = 0;
    for (int b = 0; b < batches && row > 0; b++) {
      for (int o = 0; o < outer; o++) {
        call.checkStopped();
        for (int i = 0; i < picks; i++) {
          long index = indices.get(b * picks + i);
          int source = (int) ((long) (b * outer + o) * length + index);
          System.arraycopy(from, source * row, to, at, row);
          at += row;
        }
      }
    }
    y.setBytes(to);
  }
}

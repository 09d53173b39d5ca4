// SPDX-License-Identifier: Apache-2.0
package dev.octet.reference;

/** y[i.., r..] = x[indices[i.., 0], .., indices[i.., nd - 1], r..]. */
final class GatherNd implements ReferenceKernel {
  @Override
  public void run(Call call) {
    Operand x = call.value("x");
    Operand indices = call.value("indices");
    Operand y = call.value("y");
    int nd = indices.dim(-1);
    int slice = x.product(nd, x.rank()) * x.elementBytes();
    int slices =
        y.elements() == 0
            ? nd == 0 ? 0 : indices.elements() / nd
            : y.elements() * y.elementBytes() / slice;
    byte[] from = x.bytes();
    byte[] to = y.bytes();
    for (int i = 0; i < slices; i++) {
      call.pause(i);
      int source = 0;
      for (int axis = 0; axis < nd; axis++) {
        source = source * x.dim(axis) + index(call, indices.get(i * nd + axis), axis, x.dim(axis));
      }
      System.arraycopy(from, source * slice, to, i * slice, slice);
    }
    y.setBytes(to);
  }

  /** An index of an axis of that length. */
  static int index(Call call, long index, int axis, int length) {
    if (index < 0 || index >= length) {
      throw call.failure(
          "index " + index + " of axis " + axis + " is outside 0 to " + (length - 1));
    }
    return (int) index;
  }
}

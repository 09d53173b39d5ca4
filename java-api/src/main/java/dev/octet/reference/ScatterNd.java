// SPDX-License-Identifier: Apache-2.0
package dev.octet.reference;

import dev.octet.TensorType;

/** y = 0, then y[indices[i.., 0], .., r..] += updates[i.., r..] in the order of i. */
final class ScatterNd implements ReferenceKernel {
  @Override
  public void run(Call call) {
    Operand indices = call.value("indices");
    Operand updates = call.value("updates");
    Operand y = call.value("y");
    int nd = indices.dim(-1);
    int slice = y.product(nd, y.rank());
    int slices =
        updates.elements() == 0
            ? nd == 0 ? 0 : indices.elements() / nd
            : updates.elements() / slice;
    y.setBytes(new byte[y.elements() * y.elementBytes()]);
    for (int i = 0; i < slices; i++) {
      call.pause(i);
      int to = 0;
      for (int axis = 0; axis < nd; axis++) {
        to = to * y.dim(axis) + GatherNd.index(call, indices.get(i * nd + axis), axis, y.dim(axis));
      }
      for (int j = 0; j < slice; j++) {
        int at = to * slice + j;
        if (y.real()) {
          y.set(at, y.real(at) + updates.real(i * slice + j));
        } else if (y.type() == TensorType.BOOL) {
          y.set(at, y.get(at) | updates.get(i * slice + j));
        } else {
          y.set(at, y.get(at) + updates.get(i * slice + j));
        }
      }
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.octet.reference;

/** y = x, but the box of update's shape that begins at starts, moved inside x, is update. */
final class DynamicUpdateSlice implements ReferenceKernel {
  @Override
  public void run(Call call) {
    Operand x = call.value("x");
    Operand update = call.value("update");
    Operand starts = call.value("starts");
    byte[] result = x.bytes();
    byte[] box = update.bytes();
    int rank = x.rank();
    long[] start = new long[rank];
    for (int axis = 0; axis < rank; axis++) {
      int room = x.dim(axis) - update.dim(axis);
      start[axis] = Math.max(0, Math.min(room, starts.get(axis)));
    }
    int size = x.elementBytes();
    int[] at = new int[rank];
    for (int i = 0; i < update.elements(); i++) {
      long to = 0;
      for (int axis = 0; axis < rank; axis++) {
        to = to * x.dim(axis) + start[axis] + at[axis];
      }
      System.arraycopy(box, i * size, result, (int) to * size, size);
      for (int axis = rank - 1; axis >= 0 && ++at[axis] == update.dim(axis); axis--) {
        at[axis] = 0;
      }
    }
    call.value("y").setBytes(result);
  }
}

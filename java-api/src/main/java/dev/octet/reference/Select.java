// SPDX-License-Identifier: Apache-2.0
package dev.octet.reference;

import java.util.Arrays;

/**
 * y = condition ? a : b. Alignment 0 broadcasts all three, 1 aligns the condition's dimensions at
 * the first of a, 2 takes single elements of any rank.
 */
final class Select implements ReferenceKernel {
  @Override
  public void run(Call call) {
    Operand condition = call.value("condition");
    Operand a = call.value("a");
    Operand b = call.value("b");
    Operand y = call.value("y");
    int[] shape = call.i32("alignment") == 2 ? new int[0] : y.dims();
    Broadcast fromA = Broadcast.of(shape.length == 0 ? shape : a.dims(), shape);
    Broadcast fromB = Broadcast.of(shape.length == 0 ? shape : b.dims(), shape);
    int[] dims = shape.length == 0 ? shape : condition.dims();
    if (call.i32("alignment") == 1) {
      dims = Arrays.copyOf(dims, Math.max(dims.length, a.rank()));
      Arrays.fill(dims, Math.min(condition.rank(), dims.length), dims.length, 1);
    }
    Broadcast conditions = Broadcast.of(dims, shape);
    byte[] chosen = condition.bytes();
    byte[] first = a.bytes();
    byte[] second = b.bytes();
    byte[] result = y.bytes();
    int size = y.elementBytes();
    for (int i = 0; i < y.elements(); i++) {
      call.pause(i);
      boolean yes = chosen[conditions.at(i)] != 0;
      int from = yes ? fromA.at(i) : fromB.at(i);
      System.arraycopy(yes ? first : second, from * size, result, i * size, size);
    }
    y.setBytes(result);
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.octet.reference;

/** y = x with the first lengths[b] elements along an axis in reverse order, b along another. */
final class ReverseSequence implements ReferenceKernel {
  @Override
  public void run(Call call) {
    Operand x = call.value("x");
    long[] lengths = call.value("lengths").longs();
    int axis = call.i32("sequence_axis");
    int batch = call.i32("batch_axis");
    for (long length : lengths) {
      if (length > x.dim(axis)) {
        throw call.failure("length " + length + " of a sequence of " + x.dim(axis));
      }
    }
    byte[] from = x.bytes();
    byte[] to = new byte[from.length];
    int size = x.elementBytes();
    int inner = x.product(axis + 1, x.rank());
    int batchInner = x.product(batch + 1, x.rank());
    for (int i = 0; i < x.elements(); i++) {
      call.pause(i);
      int at = i / inner % x.dim(axis);
      long length = lengths[i / batchInner % x.dim(batch)];
      int source = at < length ? i + ((int) length - 1 - 2 * at) * inner : i;
      System.arraycopy(from, source * size, to, i * size, size);
    }
    call.value("y").setBytes(to);
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.octet.reference;

/** y = table[256 * a + b] of bytes as they are stored, with broadcasting. */
final class PairTable implements ReferenceKernel {
  @Override
  public void run(Call call) {
    Operand y = call.value("y");
    byte[] a = call.value("a").bytes();
    byte[] b = call.value("b").bytes();
    byte[] table = call.value("table").bytes();
    int forbidden = call.i32("forbidden");
    for (byte each : b) {
      if ((each & 0xff) == forbidden) {
        throw call.failure("division by zero");
      }
    }
    Broadcast fromA = Broadcast.of(call.value("a"), y);
    Broadcast fromB = Broadcast.of(call.value("b"), y);
    byte[] result = new byte[y.elements()];
    for (int i = 0; i < result.length; i++) {
      result[i] = table[256 * (a[fromA.at(i)] & 0xff) + (b[fromB.at(i)] & 0xff)];
    }
    y.setBytes(result);
  }
}

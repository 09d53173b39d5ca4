// SPDX-License-Identifier: Apache-2.0
package dev.octet.reference;

/** y = x, element by element of one type. */
final class Copy implements ReferenceKernel {
  @Override
  public void run(Call call) {
    Operand x = call.value("x");
    Operand y = call.value("y");
    byte[] bytes = x.bytes();
    int flips = x.flip() ^ y.flip();
    if (flips != 0) {
      for (int i = 0; i < bytes.length; i++) {
        bytes[i] ^= (byte) flips;
      }
    }
    y.setBytes(bytes);
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.octet.reference;

import dev.octet.TensorType;
import java.nio.ByteBuffer;

/** y = Re x (part 0), Im x (part 1) or |x| (part 2). */
final class ComplexPart implements ReferenceKernel {
  @Override
  public void run(Call call) {
    Operand y = call.value("y");
    ByteBuffer x = call.value("x").memory();
    boolean wide = call.value("x").type() == TensorType.COMPLEX128;
    int part = call.i32("part");
    for (int i = 0; i < y.elements(); i++) {
      double re = wide ? x.getDouble(16 * i) : x.getFloat(8 * i);
      double im = wide ? x.getDouble(16 * i + 8) : x.getFloat(8 * i + 4);
      y.set(i, part == 0 ? re : part == 1 ? im : Math.hypot(re, im));
    }
  }
}

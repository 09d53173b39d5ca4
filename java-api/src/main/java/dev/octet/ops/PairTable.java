// SPDX-License-Identifier: Apache-2.0
package dev.octet.ops;

import dev.octet.TensorType;
import dev.octet.graph.Value;
import dev.octet.program.Emitter;
import dev.octet.program.InstructionBuilder;
import dev.octet.program.Kernels;
import java.nio.ByteBuffer;
import java.util.function.IntBinaryOperator;

/** Any function of two quantized bytes, computed beforehand for all pairs. */
final class PairTable {
  private static final int VALUES = 256;

  private PairTable() {}

  /**
   * The instruction {@code y = function(a, b)}, where the function takes and gives quantized
   * numbers.
   *
   * @param what the function's name; with the quantization of the three values it decides the table
   * @param divides a run fails where b is its zero point
   */
  static void emit(
      Emitter emitter,
      String what,
      Value a,
      Value b,
      Value y,
      boolean divides,
      IntBinaryOperator function) {
    ByteBuffer table = ByteBuffer.allocateDirect(VALUES * VALUES);
    int zero = divides ? b.quantization().zeroPoint() : 0;
    for (int p = 0; p < VALUES; p++) {
      for (int q = 0; q < VALUES; q++) {
        int second = number(b, q);
        boolean never = divides && second == zero;
        table.put((byte) (never ? 0 : function.applyAsInt(number(a, p), second)));
      }
    }
    String key =
        String.join(
            ", ",
            "pairs",
            what,
            a.type().name(),
            quantization(a),
            quantization(b),
            quantization(y));
    InstructionBuilder instruction =
        emitter
            .instruction(Kernels.PAIR_TABLE)
            .in("a", a)
            .in("b", b)
            .in(
                "table",
                emitter.constant(key, TensorType.UINT8, new int[] {VALUES * VALUES}, table.flip()))
            .out("y", y)
            .i32("forbidden", divides ? zero & 0xff : -1);
    Broadcasting.inPlace(instruction, y, a, b);
    instruction.emit();
  }

  private static String quantization(Value value) {
    return value.quantization() == null
        ? "-"
        : Float.toHexString(value.quantization().scale()) + " " + value.quantization().zeroPoint();
  }

  private static int number(Value value, int stored) {
    return value.type() == TensorType.INT8 ? (byte) stored : stored;
  }
}

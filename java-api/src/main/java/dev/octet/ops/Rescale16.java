// SPDX-License-Identifier: Apache-2.0
package dev.octet.ops;

import dev.octet.graph.NodeContext;
import dev.octet.graph.Value;
import dev.octet.program.Emitter;
import dev.octet.program.Kernels;

/** int16 numbers times one fixed-point factor where they are not negative, and another below. */
final class Rescale16 {
  private Rescale16() {}

  /** A real factor {@code multiplier * 2^(shift - 31)}, perhaps negative. */
  record Factor(int multiplier, int shift) {
    static Factor of(double factor) {
      Multipliers size = Multipliers.of(Math.abs(factor));
      Factor result = new Factor(size.multiplier()[0], size.shift()[0]);
      return factor < 0 ? result.negated() : result;
    }

    Factor negated() {
      return new Factor(-multiplier, shift);
    }

    int of(int x) {
      return FixedPoint.multiply(x, multiplier, shift);
    }
  }

  /** Requires zero points of 0, as TensorFlow Lite does. */
  static void check(NodeContext node) {
    for (Value value : new Value[] {node.input(0), node.output(0)}) {
      node.require(value.quantization().zeroPoint() == 0, value, "zero point is not 0");
    }
  }

  static void emit(NodeContext node, Emitter emitter, Factor factor, Factor negative) {
    emit(node, emitter, factor, negative, Short.MIN_VALUE, Short.MAX_VALUE);
  }

  /** The same, cut to {@code [least, greatest]}. */
  static void emit(
      NodeContext node, Emitter emitter, Factor factor, Factor negative, int least, int greatest) {
    Value x = node.input(0);
    Value y = node.output(0);
    emitter
        .instruction(Kernels.RESCALE_I16)
        .in("x", x)
        .out("y", y)
        .i32("x_zero", x.quantization().zeroPoint())
        .i32("y_zero", y.quantization().zeroPoint())
        .i32("multiplier", factor.multiplier())
        .i32("shift", factor.shift())
        .i32("negative_multiplier", negative.multiplier())
        .i32("negative_shift", negative.shift())
        .i32("y_min", least)
        .i32("y_max", greatest)
        .inPlace(y, x)
        .emit();
  }
}

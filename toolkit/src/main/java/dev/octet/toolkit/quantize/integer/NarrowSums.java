// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.quantize.integer;

import dev.octet.tflite.BuiltinOperator;
import dev.octet.toolkit.calibrate.Range;
import dev.octet.toolkit.model.EditableOperator;
import dev.octet.toolkit.model.EditableTensor;

/**
 * Widens the ranges of sums and differences that are far narrower than their operands. The kernels
 * of ADD and SUB multiply by {@code 2 max(input scales) / 2^20 / output scale}, with int16
 * activations {@code 2^15}, and refuse 1 and more: {@code x - x} would make a model that does not
 * load. Sums narrower than 1/4096 of an operand are differences of rounding anyway.
 */
final class NarrowSums {
  private static final float LEAST = 1 / 4096f;

  private NarrowSums() {}

  static void widen(Planned plan, Ranges ranges) {
    for (EditableOperator op : plan.graph().operators()) {
      if (plan.compute(op) == null || !op.is(BuiltinOperator.ADD, BuiltinOperator.SUB)) {
        continue;
      }
      Range sum = ranges.get(op.output(0));
      float least = LEAST * Math.max(bound(op.input(0), ranges), bound(op.input(1), ranges));
      if (sum != null && Math.max(-sum.min(), sum.max()) < least) {
        ranges.put(op.output(0), sum.union(new Range(-least, least)));
      }
    }
  }

  private static float bound(EditableTensor tensor, Ranges ranges) {
    float bound = 0;
    if (tensor.constant()) {
      for (float x : tensor.floats()) {
        bound = Math.max(bound, Math.abs(x));
      }
      return bound;
    }
    Range range = ranges.get(tensor);
    return range == null ? 0 : Math.max(Math.abs(range.min()), Math.abs(range.max()));
  }
}

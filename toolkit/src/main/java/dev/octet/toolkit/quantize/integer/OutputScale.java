// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.quantize.integer;

import dev.octet.TensorType;
import dev.octet.tflite.BuiltinOperator;
import dev.octet.toolkit.quantize.Compute;

/** Where an operator's outputs get their scale and zero point from. */
public enum OutputScale {
  /** From their own ranges. */
  FREE,
  /** Those of the inputs: the operator moves or compares integers as they are. */
  AS_INPUTS,
  /** Free with int8, those of the inputs with int16. */
  FREE_IN_INT8,
  /** The same for every model, for the kernel's tables are made for it. */
  FIXED,
  /** The outputs are no real numbers, or none at all. */
  NONE;

  /**
   * The rule for an operator whose activations are of that type; {@link #FREE} where {@link
   * IntegerQuantization} has none.
   */
  public static OutputScale of(BuiltinOperator operator, TensorType activations) {
    OperatorRule rule = OperatorRules.of(operator);
    if (rule == null) {
      return FREE;
    }
    Compute compute = activations == TensorType.INT16 ? Compute.INT16X8 : Compute.INT8;
    return rule.sameScale(compute) ? AS_INPUTS : rule.scale() == FREE_IN_INT8 ? FREE : rule.scale();
  }
}

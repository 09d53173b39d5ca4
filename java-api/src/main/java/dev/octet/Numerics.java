// SPDX-License-Identifier: Apache-2.0
package dev.octet;

/**
 * How quantized sums are rounded when they are brought to the output's scale. Operators without
 * requantization have one arithmetic and do not care.
 */
public enum Numerics {
  /**
   * The integer sum is multiplied by a float32 scale and rounded half to even, as TensorFlow Lite's
   * default delegate does on x86. At most one step from {@link #EXACT} for a single operator.
   */
  FAST,
  /**
   * Fixed-point, per operator the same integers as TensorFlow Lite 2.20's built-in kernels: bit for
   * bit.
   */
  EXACT
}

// SPDX-License-Identifier: Apache-2.0
package dev.octet.ops;

import dev.octet.Numerics;

/** How a requantizing epilogue rounds; the ordinal is the kernels' code. */
enum Form {
  /** Float32 product, rounded half to even. */
  FLOAT,
  /** Saturating rounding doubling high product, then a right shift rounding half up. */
  HALF_UP,
  /** The same, but the shift rounds half away from zero. */
  HALF_AWAY,
  /** For sums of 64 bits: the multiplier's upper 16 bits, one shift rounding half up. */
  WIDE;

  /** FLOAT for fast numerics, else {@code exact}. */
  static Form of(Numerics numerics, Form exact) {
    return numerics == Numerics.FAST ? FLOAT : exact;
  }
}

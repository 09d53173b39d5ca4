// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.quantize.integer;

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
  NONE
}

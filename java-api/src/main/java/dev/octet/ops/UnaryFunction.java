// SPDX-License-Identifier: Apache-2.0
package dev.octet.ops;

/** The functions of the kernel {@code unary}; the ordinal is its code. */
public enum UnaryFunction {
  ABS,
  NEG,
  SQUARE,
  SQRT,
  RSQRT,
  EXP,
  LOG,
  SIN,
  COS,
  TANH,
  LOGISTIC,
  GELU,
  GELU_TANH,
  ELU,
  HARD_SWISH,
  LEAKY_RELU,
  CLAMP,
  FLOOR,
  CEIL,
  ROUND,
  SIGN,
  FAKE_QUANT,
  ZERO,
  SWISH,
  LOGICAL_NOT
}

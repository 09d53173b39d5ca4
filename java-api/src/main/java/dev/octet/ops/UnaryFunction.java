// SPDX-License-Identifier: Apache-2.0
package dev.octet.ops;

/** The functions of the native kernel {@code unary}; the ordinal is its code. */
enum UnaryFunction {
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

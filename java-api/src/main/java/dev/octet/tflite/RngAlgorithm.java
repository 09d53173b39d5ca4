// SPDX-License-Identifier: Apache-2.0
package dev.octet.tflite;

/** Generator of STABLEHLO_RNG_BIT_GENERATOR. In the order of their codes. */
public enum RngAlgorithm {
  DEFAULT,
  PHILOX,
  THREEFRY
}

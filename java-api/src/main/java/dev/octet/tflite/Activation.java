// SPDX-License-Identifier: Apache-2.0
package dev.octet.tflite;

/** Activation fused into an operator. In the order of their codes. */
public enum Activation {
  NONE,
  RELU,
  RELU_N1_TO_1,
  RELU6,
  TANH,
  SIGN_BIT
}

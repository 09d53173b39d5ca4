// SPDX-License-Identifier: Apache-2.0
package dev.octet.reference;

/** TensorFlow Lite's fused activations, in the order of their codes. */
enum Squash {
  NONE,
  RELU,
  RELU_N1_TO_1,
  RELU6,
  TANH,
  SIGN_BIT;

  static Squash of(int code) {
    return values()[code];
  }

  double of(double x) {
    return switch (this) {
      case NONE -> x;
      case RELU -> Math.max(x, 0);
      case RELU_N1_TO_1 -> Math.max(-1, Math.min(1, x));
      case RELU6 -> Math.max(0, Math.min(6, x));
      case TANH -> Math.tanh(x);
      case SIGN_BIT -> Math.copySign(1, x) < 0 ? 1 : 0;
    };
  }
}

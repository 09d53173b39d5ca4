// SPDX-License-Identifier: Apache-2.0
package dev.octet.tflite;

/** Variant of LSTM. In the order of their codes. */
public enum LstmKernel {
  FULL,
  BASIC
}

// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.quantize;

/** The type of the inputs and outputs of a quantized model. */
public enum IoType {
  /** QUANTIZE at the inputs, DEQUANTIZE at the outputs. */
  FLOAT,
  INT8,
  UINT8,
  INT16
}

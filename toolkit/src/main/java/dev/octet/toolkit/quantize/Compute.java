// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.quantize;

/** How an operator of the quantized model computes. */
public enum Compute {
  /** As before, on float32. */
  FLOAT,
  /** On float32, its constants stored as float16 with a DEQUANTIZE before it. */
  FLOAT16,
  /** On float32, its weights stored as integers with a DEQUANTIZE before it. */
  WEIGHT_ONLY,
  /** Integer weights; float32 activations that the kernel quantizes at each run. */
  DYNAMIC,
  /** int8 weights and activations, int32 bias. */
  INT8,
  /** int8 weights, int16 activations, int64 bias. */
  INT16X8
}

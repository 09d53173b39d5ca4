// SPDX-License-Identifier: Apache-2.0
/** Static integer quantization: int8, and int16 activations with int8 weights. */
package dev.octet.toolkit.quantize.integer;

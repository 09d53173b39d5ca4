// SPDX-License-Identifier: Apache-2.0
/** Post-training quantization: a float model in, a smaller model out. */
package dev.octet.toolkit.quantize;

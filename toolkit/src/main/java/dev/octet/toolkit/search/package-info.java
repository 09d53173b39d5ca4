// SPDX-License-Identifier: Apache-2.0
/** Finds the quantization that suits a model: all modes side by side, and mixed precision. */
package dev.octet.toolkit.search;

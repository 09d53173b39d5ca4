// SPDX-License-Identifier: Apache-2.0
/** Searches for the smallest change that keeps a quantized model's accuracy. */
package dev.octet.toolkit.search;

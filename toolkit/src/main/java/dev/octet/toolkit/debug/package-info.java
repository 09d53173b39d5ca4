// SPDX-License-Identifier: Apache-2.0
/** Why a quantized model differs from its float model: which layers, by how much, what mends it. */
package dev.octet.toolkit.debug;

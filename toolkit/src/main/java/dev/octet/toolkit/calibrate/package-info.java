// SPDX-License-Identifier: Apache-2.0
/** Ranges of a float model's tensors, measured by running it on samples. */
package dev.octet.toolkit.calibrate;

// SPDX-License-Identifier: Apache-2.0
package dev.octet.tflite;

/** Kind of LSH_PROJECTION. In the order of their codes. */
public enum LshProjection {
  UNKNOWN,
  SPARSE,
  DENSE
}

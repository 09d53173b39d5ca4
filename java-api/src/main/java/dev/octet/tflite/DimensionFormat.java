// SPDX-License-Identifier: Apache-2.0
package dev.octet.tflite;

/** How one dimension of a sparse tensor is stored. In the order of their codes. */
public enum DimensionFormat {
  DENSE,
  SPARSE_CSR
}

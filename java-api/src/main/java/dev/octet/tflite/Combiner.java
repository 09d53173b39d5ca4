// SPDX-License-Identifier: Apache-2.0
package dev.octet.tflite;

/** How EMBEDDING_LOOKUP_SPARSE combines rows. In the order of their codes. */
public enum Combiner {
  SUM,
  MEAN,
  SQRTN
}

// SPDX-License-Identifier: Apache-2.0
package dev.octet.tflite;

/** Order of FULLY_CONNECTED weights. In the order of their codes. */
public enum WeightsFormat {
  DEFAULT,
  SHUFFLED4X16INT8
}

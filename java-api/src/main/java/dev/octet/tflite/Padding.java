// SPDX-License-Identifier: Apache-2.0
package dev.octet.tflite;

/** How a sliding window treats the border. In the order of their codes. */
public enum Padding {
  SAME,
  VALID
}

// SPDX-License-Identifier: Apache-2.0
package dev.octet.tflite;

/**
 * What MIRROR_PAD repeats: the inside without the border, or with it. In the order of their codes.
 */
public enum MirrorPadMode {
  REFLECT,
  SYMMETRIC
}

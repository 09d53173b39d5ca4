// SPDX-License-Identifier: Apache-2.0
package dev.octet.tflite;

/**
 * A kind of operator that a model uses.
 *
 * @param builtin the larger of the two codes that the file holds
 * @param customCode the name when {@code builtin} is CUSTOM, else null
 * @param version at least 1
 */
public record TfliteOperatorCode(BuiltinOperator builtin, String customCode, int version) {
  /** TensorFlow Lite's name such as {@code CONV_2D}, or the custom name. */
  public String name() {
    return customCode == null ? builtin.name() : customCode;
  }
}

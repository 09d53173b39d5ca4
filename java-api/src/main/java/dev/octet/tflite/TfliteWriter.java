// SPDX-License-Identifier: Apache-2.0
package dev.octet.tflite;

import java.nio.ByteBuffer;

/** Writes .tflite models. */
public final class TfliteWriter {
  private TfliteWriter() {}

  /**
   * The bytes of a model, little-endian, from position 0 to the limit.
   *
   * @param model a table {@code Model}; nothing of it is checked but names and types of its fields
   */
  public static ByteBuffer write(Table model) {
    if (!model.name().equals("Model")) {
      throw new IllegalArgumentException(model.name() + " is not a Model");
    }
    return FlatBufferWriter.write(model);
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.octet.tflite;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Data of a model.
 *
 * @param index its number in the model
 * @param offset byte offset of the data in the source
 * @param data a slice of the source: read-only, little-endian, from position 0; may be empty
 */
public record TfliteBuffer(int index, int offset, ByteBuffer data) {
  /** A new view of the data at position 0. */
  @Override
  public ByteBuffer data() {
    return data.duplicate().order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Length of the data. */
  public int bytes() {
    return data.limit();
  }

  @Override
  public String toString() {
    return "buffer " + index + ", " + bytes() + " bytes";
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.octet.reference;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A weights entry as the operator filled it: pack fields by name and parts by number. Nothing is
 * packed. Arrays are shared by all that read them. Thread-safe.
 */
public final class Weights {
  private final Map<String, Integer> fields = new HashMap<>();
  private final byte[][] parts;
  private final Object[] ints;
  private final Object[] floats;

  /**
   * @param names of the pack fields
   * @param values of the pack fields, floats by their bits
   * @param parts copied
   */
  public Weights(List<String> names, int[] values, List<ByteBuffer> parts) {
    for (int i = 0; i < values.length; i++) {
      fields.put(names.get(i), values[i]);
    }
    this.parts = new byte[parts.size()][];
    for (int i = 0; i < this.parts.length; i++) {
      this.parts[i] = new byte[parts.get(i).remaining()];
      parts.get(i).duplicate().get(this.parts[i]);
    }
    this.ints = new Object[this.parts.length];
    this.floats = new Object[this.parts.length];
  }

  public int i32(String field) {
    Integer value = fields.get(field);
    if (value == null) {
      throw new IllegalStateException("no pack field " + field + ", only " + fields.keySet());
    }
    return value;
  }

  public float f32(String field) {
    return Float.intBitsToFloat(i32(field));
  }

  /** True when a part has no bytes, which is how an absent one is said. */
  public boolean empty(int part) {
    return parts[part].length == 0;
  }

  /** A part as it is; not to be changed. */
  public byte[] bytes(int part) {
    return parts[part];
  }

  /** A part that is int32; not to be changed. */
  public synchronized int[] ints(int part) {
    if (ints[part] == null) {
      int[] numbers = new int[parts[part].length / 4];
      buffer(part).asIntBuffer().get(numbers);
      ints[part] = numbers;
    }
    return (int[]) ints[part];
  }

  /** A part that is float32; not to be changed. */
  public synchronized float[] floats(int part) {
    if (floats[part] == null) {
      float[] numbers = new float[parts[part].length / 4];
      buffer(part).asFloatBuffer().get(numbers);
      floats[part] = numbers;
    }
    return (float[]) floats[part];
  }

  /** A part, little-endian. */
  public ByteBuffer buffer(int part) {
    return ByteBuffer.wrap(parts[part]).asReadOnlyBuffer().order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Bytes of all parts. */
  public long size() {
    long size = 0;
    for (byte[] part : parts) {
      size += part.length;
    }
    return size;
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.octet.program;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * A weights entry by its key; filled only when a program has to be loaded with it.
 *
 * @param number local number
 * @param lasting true when every compilation of the graph has the same contents; those of others
 *     follow from shapes, or from what a run decided
 * @param kernel the kernel that packs it, or null for a constant kept as it is
 */
record WeightsEntry(
    int number, String key, boolean lasting, Kernel kernel, WeightsBuilder.Filler filler) {

  /** Fields and parts, ready to be written. */
  static final class Filled implements WeightsBuilder {
    private final WeightsEntry entry;
    private final List<Kernel.Field> names;
    private final boolean[] set;
    final int[] fields;
    final List<ByteBuffer> parts = new ArrayList<>();

    private Filled(WeightsEntry entry) {
      this.entry = entry;
      this.names = entry.kernel == null ? List.of() : entry.kernel.packFields();
      this.fields = new int[names.size()];
      this.set = new boolean[fields.length];
    }

    private WeightsBuilder put(String field, String kind, int value) {
      for (int i = 0; i < fields.length; i++) {
        if (names.get(i).equals(new Kernel.Field(field, kind)) && !set[i]) {
          fields[i] = value;
          set[i] = true;
          return this;
        }
      }
      throw new IllegalStateException(
          entry.key + " has no field " + field + ":" + kind + " left to set");
    }

    @Override
    public WeightsBuilder i32(String field, int value) {
      return put(field, "i32", value);
    }

    @Override
    public WeightsBuilder f32(String field, float value) {
      return put(field, "f32", Float.floatToRawIntBits(value));
    }

    @Override
    public WeightsBuilder part(ByteBuffer data) {
      parts.add(data.duplicate());
      return this;
    }

    @Override
    public WeightsBuilder part(int[] data) {
      ByteBuffer bytes = ByteBuffer.allocate(4 * data.length).order(ByteOrder.LITTLE_ENDIAN);
      bytes.asIntBuffer().put(data);
      return part(bytes);
    }

    @Override
    public WeightsBuilder part(float[] data) {
      ByteBuffer bytes = ByteBuffer.allocate(4 * data.length).order(ByteOrder.LITTLE_ENDIAN);
      bytes.asFloatBuffer().put(data);
      return part(bytes);
    }
  }

  Filled fill() {
    Filled filled = new Filled(this);
    filler.fill(filled);
    int parts = kernel == null ? 1 : kernel.packParts();
    for (int i = 0; i < filled.set.length; i++) {
      if (!filled.set[i]) {
        throw new IllegalStateException(key + ": field " + filled.names.get(i) + " is not set");
      }
    }
    if (filled.parts.size() != parts) {
      throw new IllegalStateException(key + " has " + filled.parts.size() + " parts, not " + parts);
    }
    return filled;
  }
}

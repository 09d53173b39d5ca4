// SPDX-License-Identifier: Apache-2.0
package dev.octet.robustness;

import dev.octet.tflite.Table;
import dev.octet.tflite.TfliteReader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Random;

/**
 * Damages a model by a seed: in 30 of 100 cases it is cut, in the others 1 to 8 bytes are changed,
 * in half of those outside the contents of large buffers, where the structure is.
 */
public final class Mutation {
  private static final int LARGE_BUFFER = 64;
  private static final int CUT_PERCENT = 30;
  private static final int MOST_FLIPS = 8;

  private final byte[] model;
  private final BitSet weights = new BitSet();

  public Mutation(byte[] model) {
    this.model = model;
    ByteBuffer bytes = ByteBuffer.wrap(model).order(ByteOrder.LITTLE_ENDIAN);
    for (Table buffer : TfliteReader.read("mutation", model).table().tables("buffers")) {
      int length = buffer.has("data") ? buffer.bytes("data").remaining() : 0;
      if (length >= LARGE_BUFFER) {
        int vector = buffer.offset("data") + bytes.getInt(buffer.offset("data"));
        weights.set(vector + 4, vector + 4 + length);
      }
    }
  }

  /** The damaged model of that seed. */
  public byte[] of(long seed) {
    Random random = new Random(seed);
    if (random.nextInt(100) < CUT_PERCENT) {
      return Arrays.copyOf(model, random.nextInt(model.length));
    }
    byte[] damaged = model.clone();
    boolean structure = random.nextBoolean();
    for (int flips = 1 + random.nextInt(MOST_FLIPS); flips > 0; flips--) {
      int at = random.nextInt(model.length);
      while (structure && weights.get(at)) {
        at = random.nextInt(model.length);
      }
      damaged[at] ^= (byte) (1 + random.nextInt(255));
    }
    return damaged;
  }
}

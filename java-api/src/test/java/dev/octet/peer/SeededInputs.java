// SPDX-License-Identifier: Apache-2.0
package dev.octet.peer;

import dev.octet.TensorType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Seeded inputs of a model, as little-endian bytes. */
public final class SeededInputs {
  /** What fills a tensor. */
  private enum Fill {
    RANDOM,
    ZERO,
    LEAST,
    GREATEST
  }

  private SeededInputs() {}

  /** An input tensor: what {@link #of} needs to know. */
  public record Kind(TensorType type, int elements) {}

  /**
   * {@code random} random inputs, then all zero, all least and all greatest. Integers take all
   * values of their type; floats lie in [-1, 1], whose ends are the least and the greatest.
   */
  public static List<List<byte[]>> of(List<Kind> kinds, int random, long seed) {
    Random source = new Random(seed);
    List<List<byte[]>> inputs = new ArrayList<>();
    for (int i = 0; i < random; i++) {
      inputs.add(fill(kinds, Fill.RANDOM, source));
    }
    inputs.add(fill(kinds, Fill.ZERO, source));
    inputs.add(fill(kinds, Fill.LEAST, source));
    inputs.add(fill(kinds, Fill.GREATEST, source));
    return inputs;
  }

  private static List<byte[]> fill(List<Kind> kinds, Fill fill, Random source) {
    List<byte[]> tensors = new ArrayList<>();
    for (Kind kind : kinds) {
      tensors.add(fill(kind, fill, source));
    }
    return tensors;
  }

  private static byte[] fill(Kind kind, Fill fill, Random source) {
    byte[] bytes = new byte[kind.elements() * kind.type().bytes()];
    ByteBuffer out = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    if (fill == Fill.RANDOM && kind.type() != TensorType.FLOAT32) {
      source.nextBytes(bytes);
      return bytes;
    }
    for (int i = 0; i < kind.elements(); i++) {
      switch (kind.type()) {
        case FLOAT32 -> out.putFloat(real(fill, source));
        case INT8 -> out.put((byte) integer(fill, Byte.MIN_VALUE, Byte.MAX_VALUE));
        case UINT8 -> out.put((byte) integer(fill, 0, 255));
        case INT16 -> out.putShort((short) integer(fill, Short.MIN_VALUE, Short.MAX_VALUE));
        case INT32 -> out.putInt(integer(fill, Integer.MIN_VALUE, Integer.MAX_VALUE));
        default -> throw new IllegalArgumentException("no inputs of type " + kind.type());
      }
    }
    return bytes;
  }

  private static float real(Fill fill, Random source) {
    return switch (fill) {
      case RANDOM -> 2 * source.nextFloat() - 1;
      case ZERO -> 0;
      case LEAST -> -1;
      case GREATEST -> 1;
    };
  }

  private static int integer(Fill fill, int least, int greatest) {
    return switch (fill) {
      case ZERO -> 0;
      case LEAST -> least;
      case GREATEST -> greatest;
      case RANDOM -> throw new AssertionError();
    };
  }
}

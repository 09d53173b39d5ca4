// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.octet.TensorType;
import dev.octet.program.Strings;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class RandomInputTest {
  private static final int[] SHAPE = {4, 1000};

  @Test
  void aSeedGivesTheSameNumbersForEver() {
    RandomInput random = new RandomInput(42);
    ByteBuffer floats = random.next(TensorType.FLOAT32, new int[] {3});
    ByteBuffer bytes = random.next(TensorType.INT8, new int[] {3});
    assertEquals(0.45512736f, floats.getFloat(0));
    assertEquals(-0.8906696f, floats.getFloat(4));
    assertEquals(0.36644685f, floats.getFloat(8));
    assertNotEquals(bytes, new RandomInput(42).next(TensorType.INT8, new int[] {3}));
    assertEquals(
        new RandomInput(7).next(TensorType.INT16, SHAPE),
        new RandomInput(7).next(TensorType.INT16, SHAPE));
    assertNotEquals(
        new RandomInput(7).next(TensorType.INT16, SHAPE),
        new RandomInput(8).next(TensorType.INT16, SHAPE));
  }

  @Test
  void everyTypeFillsItsWholeRange() {
    ByteBuffer floats = new RandomInput(1).next(TensorType.FLOAT32, SHAPE);
    ByteBuffer bytes = new RandomInput(1).next(TensorType.UINT8, SHAPE);
    ByteBuffer ints = new RandomInput(1).next(TensorType.INT32, SHAPE);
    float low = 1;
    float high = -1;
    boolean[] seenBytes = new boolean[256];
    boolean[] seenInts = new boolean[10];
    for (int i = 0; i < 4000; i++) {
      float v = floats.getFloat(4 * i);
      assertTrue(v >= -1 && v < 1, "" + v);
      low = Math.min(low, v);
      high = Math.max(high, v);
      seenBytes[bytes.get(i) & 0xff] = true;
      seenInts[ints.getInt(4 * i)] = true;
    }
    assertTrue(low < -0.99 && high > 0.99);
    for (boolean seen : seenBytes) {
      assertTrue(seen);
    }
    for (boolean seen : seenInts) {
      assertTrue(seen);
    }
  }

  @Test
  void halfFloatsAreTheirMultiples() {
    ByteBuffer halves = new RandomInput(3).next(TensorType.FLOAT16, SHAPE);
    ByteBuffer brains = new RandomInput(3).next(TensorType.BFLOAT16, SHAPE);
    for (int i = 0; i < 4000; i++) {
      int h = halves.getShort(2 * i);
      int exponent = h >> 10 & 31;
      double half =
          exponent == 0 ? (h & 1023) * 0x1p-24 : Math.scalb(1 + (h & 1023) / 1024.0, exponent - 15);
      half = h < 0 ? -half : half;
      assertEquals(Math.rint(half * 128), half * 128);
      assertTrue(half >= -1 && half < 1);
      assertEquals(half, Float.intBitsToFloat(brains.getShort(2 * i) << 16));
    }
  }

  @Test
  void sizesAreThoseOfTheTypes() {
    RandomInput random = new RandomInput(0);
    int[] five = {5};
    assertEquals(3, random.next(TensorType.INT4, five).remaining());
    assertEquals(5, random.next(TensorType.BOOL, five).remaining());
    assertEquals(40, random.next(TensorType.COMPLEX64, five).remaining());
    assertEquals(80, random.next(TensorType.COMPLEX128, five).remaining());
    assertEquals(40, random.next(TensorType.INT64, five).remaining());
    assertEquals(4, random.next(TensorType.FLOAT32, new int[0]).remaining());
    assertThrows(IllegalArgumentException.class, () -> random.next(TensorType.RESOURCE, five));
  }

  @Test
  void stringsAreWords() throws IOException {
    ByteBuffer packed = new RandomInput(0).next(TensorType.STRING, new int[] {2, 3});
    byte[][] words = Strings.of(Strings.parse(new int[] {2, 3}, packed));
    assertEquals(6, words.length);
    for (byte[] word : words) {
      assertTrue(new String(word).matches("[a-z]{1,8}"), new String(word));
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.octet.tflite;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Options of custom operators: what is read of them, and that hostile ones only give faults. */
class FlexMapTest {
  private static final int ROUNDS = 20_000;

  private static ByteBuffer everything() {
    return TestFlexBuffer.map(
        Map.of(
            "n", -5,
            "x", 0.25f,
            "on", true,
            "text", TestModel.bytes('a', 0, 255),
            "empty", TestModel.bytes(),
            "list", List.of(18, -1, 300),
            "none", List.of(),
            "texts", List.of(TestModel.bytes('p'), TestModel.bytes('q', 'r'))));
  }

  @Test
  void valuesAreRead() {
    ByteBuffer bytes = everything();
    FlexMap map = new FlexMap(bytes);
    assertEquals(-5, map.integer("n"));
    assertEquals(0.25f, map.real("x"));
    assertTrue(map.bool("on"));
    assertEquals(TestModel.bytes('a', 0, 255), map.string("text"));
    assertEquals('a', bytes.get(map.stringStart("text")));
    assertEquals(0, map.string("empty").remaining());
    assertArrayEquals(new int[] {18, -1, 300}, map.integers("list"));
    assertEquals(0, map.integers("none").length);
    assertEquals(2, map.size("texts"));
    assertTrue(map.has("n") && map.hasString("text") && map.hasVector("texts"));
    assertFalse(map.has("text") || map.hasString("list") || map.hasVector("n") || map.has("?"));
  }

  /** {"a": [1, -2], "b": 2.5} with widths 1 and 8 and a typed vector, byte by byte. */
  @Test
  void otherWidthsAndTypedVectors() {
    ByteBuffer out = ByteBuffer.allocate(64).order(ByteOrder.LITTLE_ENDIAN);
    out.put((byte) 'a').put((byte) 0).put((byte) 'b').put((byte) 0); // keys at 0 and 2
    out.put((byte) 2).put((byte) 1).put((byte) -2); // a typed vector of bytes at 5
    out.put((byte) 2).put((byte) 8).put((byte) 7); // vector of keys, at 8
    out.position(16).putLong(16 - 8).putLong(1).putLong(2); // its offset and width; two entries
    out.putLong(40 - 5).putDouble(2.5).put((byte) (11 << 2)).put((byte) (3 << 2 | 3));
    out.put((byte) 18).put((byte) (9 << 2 | 3)).put((byte) 1).flip(); // the root at 40
    FlexMap map = new FlexMap(out);
    assertArrayEquals(new int[] {1, -2}, map.integers("a"));
    assertEquals(2.5f, map.real("b"));
  }

  @Test
  void wrongUseSaysWhat() {
    FlexMap map = new FlexMap(everything());
    assertFault("option ? is absent", () -> map.integer("?"));
    assertFault("option text is not a number", () -> map.integer("text"));
    assertFault("option n is not a string", () -> map.string("n"));
    assertFault("option n is not a vector", () -> map.size("n"));
    assertFault("option x is 0.25, no int32", () -> map.integer("x"));
    assertFault("no int32", () -> map.integers("texts"));
  }

  private static void assertFault(String message, Runnable use) {
    IllegalArgumentException e = assertThrows(IllegalArgumentException.class, use::run);
    assertTrue(e.getMessage().contains(message), e.getMessage());
  }

  /** One length in front of the values is also that of a vector that holds a thousand others. */
  @Test
  void elementsAreCountedTogether() {
    List<List<Integer>> many = Collections.nCopies(3, Collections.nCopies(334, 1));
    ByteBuffer bytes = TestFlexBuffer.map(Map.of("a", many.get(0), "b", many.get(1)));
    assertEquals(334, new FlexMap(bytes).size("b"));
    ByteBuffer more =
        TestFlexBuffer.map(Map.of("a", many.get(0), "b", many.get(1), "c", many.get(2)));
    FlexMap.Fault e = assertThrows(FlexMap.Fault.class, () -> new FlexMap(more));
    assertTrue(e.getMessage().contains("has 334 entries"), e.getMessage());
  }

  @Test
  void damagedOnesAreReadOrAreFaults() {
    ByteBuffer sound = everything();
    int refused = 0;
    for (int seed = 0; seed < ROUNDS; seed++) {
      Random random = new Random(seed);
      ByteBuffer bytes = ByteBuffer.allocate(sound.limit()).put(sound.duplicate()).flip();
      for (int i = random.nextInt(4); i >= 0; i--) {
        int at = random.nextInt(bytes.limit());
        bytes.put(at, (byte) (random.nextBoolean() ? random.nextInt() : bytes.get(at) ^ 1 << i));
      }
      if (random.nextInt(4) == 0) {
        bytes.limit(random.nextInt(bytes.limit()));
      }
      refused += survives(bytes, "seed " + seed) ? 0 : 1;
    }
    assertTrue(refused > ROUNDS / 10 && refused < ROUNDS, refused + " were refused");
  }

  @Test
  void anyBytesAreReadOrAreFaults() {
    int read = 0;
    for (int seed = 0; seed < ROUNDS; seed++) {
      Random random = new Random(seed);
      byte[] bytes = new byte[random.nextInt(40)];
      for (int i = 0; i < bytes.length; i++) {
        bytes[i] = (byte) (random.nextInt(4) == 0 ? random.nextInt() : random.nextInt(12));
      }
      if (bytes.length > 3) {
        bytes[bytes.length - 1] = 1;
        bytes[bytes.length - 2] = (byte) (9 << 2 | random.nextInt(4));
      }
      read += survives(ByteBuffer.wrap(bytes), "seed " + seed) ? 1 : 0;
    }
    assertTrue(read > 0, "none was read");
  }

  /** Reads the map and uses everything; false for a fault. */
  private static boolean survives(ByteBuffer bytes, String what) {
    try {
      FlexMap map = new FlexMap(bytes);
      List<Runnable> uses = new ArrayList<>();
      for (String name : everythingNames()) {
        uses.add(() -> map.integer(name));
        uses.add(() -> map.real(name));
        uses.add(() -> map.string(name));
        uses.add(() -> map.stringStart(name));
        uses.add(() -> map.size(name));
        uses.add(() -> map.integers(name));
      }
      for (Runnable use : uses) {
        try {
          use.run();
        } catch (IllegalArgumentException e) {
          assertTrue(e.getMessage().startsWith("option "), what + ": " + e.getMessage());
        }
      }
      return true;
    } catch (FlexMap.Fault e) {
      assertTrue(e.getMessage().startsWith("the FlexBuffer "), what + ": " + e.getMessage());
      assertTrue(e.offset() >= 0 && e.offset() <= bytes.limit(), what + ": at " + e.offset());
      return false;
    } catch (RuntimeException | Error e) {
      throw new AssertionError(what + ": " + e, e);
    }
  }

  private static List<String> everythingNames() {
    return List.of("n", "x", "on", "text", "empty", "list", "none", "texts");
  }
}

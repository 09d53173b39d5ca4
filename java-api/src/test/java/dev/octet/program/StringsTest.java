// SPDX-License-Identifier: Apache-2.0
package dev.octet.program;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

final class StringsTest {
  private static final byte[][] STRINGS = {{'a'}, {}, {'b', 'c'}};

  @Test
  void theLayoutIsTensorFlowLites() {
    HostTensor tensor = Strings.tensor(new int[] {3, 1}, STRINGS);
    byte[] expected = {
      3, 0, 0, 0, 20, 0, 0, 0, 21, 0, 0, 0, 21, 0, 0, 0, 23, 0, 0, 0, 'a', 'b', 'c'
    };
    assertEquals(ByteBuffer.wrap(expected), tensor.data());
    assertArrayEquals(STRINGS, Strings.of(tensor));
    assertArrayEquals(STRINGS, Strings.of(Strings.parse(new int[] {3}, tensor.data())));
  }

  @Test
  void everyCutAndEveryBadOffsetIsRefused() {
    int[] shape = {3};
    ByteBuffer good = Strings.tensor(shape, STRINGS).data();
    for (int length = 0; length < good.limit(); length++) {
      ByteBuffer cut = good.duplicate().limit(length);
      assertThrows(IllegalArgumentException.class, () -> Strings.parse(shape, cut));
    }
    assertThrows(IllegalArgumentException.class, () -> Strings.parse(new int[] {2}, good));
    for (int at : new int[] {0, 4, 8, 12, 16}) {
      for (int value : new int[] {-1, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
        ByteBuffer bad = Strings.tensor(shape, STRINGS).data().putInt(at, value);
        assertThrows(IllegalArgumentException.class, () -> Strings.parse(shape, bad));
      }
    }
  }
}

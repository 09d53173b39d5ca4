// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class StringTensorTest {
  @Test
  void theLayoutIsTensorFlowLites() throws IOException {
    ByteBuffer packed = StringTensor.pack(new byte[][] {{'a'}, {}, {'b', 'c'}});
    byte[] expected = {
      3, 0, 0, 0, 20, 0, 0, 0, 21, 0, 0, 0, 21, 0, 0, 0, 23, 0, 0, 0, 'a', 'b', 'c'
    };
    assertEquals(ByteBuffer.wrap(expected), packed);
    assertArrayEquals(new byte[][] {{'a'}, {}, {'b', 'c'}}, StringTensor.unpack("s", packed));
  }

  @Test
  void everyCutAndEveryBadOffsetIsRefused() {
    ByteBuffer packed = StringTensor.pack(new byte[][] {{'a'}, {'b', 'c'}});
    for (int length = 0; length < packed.limit(); length++) {
      ByteBuffer cut = packed.duplicate().limit(length);
      assertThrows(DataFormatException.class, () -> StringTensor.unpack("s", cut));
    }
    for (int at : new int[] {0, 4, 8, 12}) {
      for (int value : new int[] {-1, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
        ByteBuffer bad = StringTensor.pack(new byte[][] {{'a'}, {'b', 'c'}});
        bad.putInt(at, value);
        assertThrows(DataFormatException.class, () -> StringTensor.unpack("s", bad));
      }
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.octet.delegate;

import java.util.Arrays;

/** A growing row of 64-bit words. */
final class Words {
  private long[] words = new long[256];
  private int count;

  Words add(long word) {
    if (count == words.length) {
      words = Arrays.copyOf(words, 2 * count);
    }
    words[count++] = word;
    return this;
  }

  /** The count, then the numbers. */
  Words list(int... numbers) {
    add(numbers.length);
    for (int number : numbers) {
      add(number);
    }
    return this;
  }

  /** The count of bytes, then these in words, little-endian and zero behind the last. */
  Words bytes(byte... bytes) {
    add(bytes.length);
    for (int i = 0; i < bytes.length; i += 8) {
      long word = 0;
      for (int k = 0; k < 8 && i + k < bytes.length; k++) {
        word |= (bytes[i + k] & 0xffL) << 8 * k;
      }
      add(word);
    }
    return this;
  }

  long[] toArray() {
    return Arrays.copyOf(words, count);
  }
}

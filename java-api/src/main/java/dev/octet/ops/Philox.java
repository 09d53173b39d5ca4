// SPDX-License-Identifier: Apache-2.0
package dev.octet.ops;

/**
 * Philox4x32 with 10 rounds (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", 2011): a
 * keyed bijection of a counter of four 32-bit words. Not safe for threads.
 */
final class Philox {
  private static final long FACTOR_A = 0xD2511F53L;
  private static final long FACTOR_B = 0xCD9E8D57L;
  private static final int STEP_A = 0x9E3779B9;
  private static final int STEP_B = 0xBB67AE85;
  private static final int ROUNDS = 10;

  private final int key0;
  private final int key1;

  /** The next counter, the lowest word first. */
  final int[] counter;

  Philox(int key0, int key1, int... counter) {
    this.key0 = key0;
    this.key1 = key1;
    this.counter = counter;
  }

  /** A generator in the state of this one. */
  Philox copy() {
    return new Philox(key0, key1, counter.clone());
  }

  /** Four words of the counter as it is. */
  int[] block() {
    return block(new int[4]);
  }

  private int[] block(int[] words) {
    int c0 = counter[0];
    int c1 = counter[1];
    int c2 = counter[2];
    int c3 = counter[3];
    int k0 = key0;
    int k1 = key1;
    for (int round = 0; round < ROUNDS; round++) {
      long a = FACTOR_A * (c0 & 0xffffffffL);
      long b = FACTOR_B * (c2 & 0xffffffffL);
      c0 = (int) (b >>> 32) ^ c1 ^ k0;
      c1 = (int) b;
      c2 = (int) (a >>> 32) ^ c3 ^ k1;
      c3 = (int) a;
      k0 += STEP_A;
      k1 += STEP_B;
    }
    words[0] = c0;
    words[1] = c1;
    words[2] = c2;
    words[3] = c3;
    return words;
  }

  /** Fills {@code words} with the next four, and the counter goes on by one. */
  void next(int[] words) {
    block(words);
    skip(1);
  }

  /** The counter goes on by {@code count}, an unsigned number, modulo 2^128. */
  void skip(long count) {
    long low = (counter[1] & 0xffffffffL) << 32 | counter[0] & 0xffffffffL;
    long sum = low + count;
    counter[0] = (int) sum;
    counter[1] = (int) (sum >>> 32);
    if (Long.compareUnsigned(sum, low) < 0 && ++counter[2] == 0) {
      counter[3]++;
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.quantize.integer;

/** {@code numpy.random.RandomState(seed).uniform(low, high)}: the Mersenne twister of 1998. */
final class NumpyRandom {
  private static final int SIZE = 624;
  private final int[] state = new int[SIZE];
  private int next = SIZE;

  NumpyRandom(int seed) {
    state[0] = seed;
    for (int i = 1; i < SIZE; i++) {
      state[i] = 1812433253 * (state[i - 1] ^ state[i - 1] >>> 30) + i;
    }
  }

  private int bits() {
    if (next == SIZE) {
      for (int i = 0; i < SIZE; i++) {
        int y = state[i] & 0x80000000 | state[(i + 1) % SIZE] & 0x7fffffff;
        state[i] = state[(i + 397) % SIZE] ^ y >>> 1 ^ ((y & 1) == 0 ? 0 : 0x9908b0df);
      }
      next = 0;
    }
    int y = state[next++];
    y ^= y >>> 11;
    y ^= y << 7 & 0x9d2c5680;
    y ^= y << 15 & 0xefc60000;
    return y ^ y >>> 18;
  }

  double uniform(double low, double high) {
    long a = Integer.toUnsignedLong(bits()) >> 5;
    long b = Integer.toUnsignedLong(bits()) >> 6;
    return low + (high - low) * ((a * 67108864.0 + b) / 9007199254740992.0);
  }

  float[] floats(int count, double low, double high) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) uniform(low, high);
    }
    return values;
  }
}

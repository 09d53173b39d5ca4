// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit;

/**
 * The numbers of {@code numpy.random.RandomState(seed).uniform}: MT19937 (Matsumoto and Nishimura,
 * 1998) seeded with init_genrand, doubles of 53 bits from two words.
 */
public final class NumpyRandom {
  private static final int N = 624;
  private static final int M = 397;

  private final int[] state = new int[N];
  private int next = N;

  public NumpyRandom(int seed) {
    state[0] = seed;
    for (int i = 1; i < N; i++) {
      state[i] = 1812433253 * (state[i - 1] ^ state[i - 1] >>> 30) + i;
    }
  }

  private int nextInt() {
    if (next == N) {
      for (int i = 0; i < N; i++) {
        int y = state[i] & 0x80000000 | state[(i + 1) % N] & 0x7fffffff;
        state[i] = state[(i + M) % N] ^ y >>> 1 ^ ((y & 1) == 0 ? 0 : 0x9908b0df);
      }
      next = 0;
    }
    int y = state[next++];
    y ^= y >>> 11;
    y ^= y << 7 & 0x9d2c5680;
    y ^= y << 15 & 0xefc60000;
    return y ^ y >>> 18;
  }

  /** {@code uniform(low, high)}. */
  public double uniform(double low, double high) {
    long a = nextInt() >>> 5;
    long b = nextInt() >>> 6;
    return low + (high - low) * ((a * 67108864.0 + b) / 9007199254740992.0);
  }

  /** {@code uniform(low, high, n).astype(float32)}. */
  public float[] uniform(double low, double high, int n) {
    float[] values = new float[n];
    for (int i = 0; i < n; i++) {
      values[i] = (float) uniform(low, high);
    }
    return values;
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.octet.reference;

/** Sums of products. */
final class Products {
  /** int16 by int8 products that an int32 holds. */
  private static final int NARROW = 256;

  private Products() {}

  /** Sum of x[xAt + i] * w[wAt + i] for 0 <= i < n, modulo 2^32. */
  static int dot(int[] x, int xAt, int[] w, int wAt, int n) {
    int sum = 0;
    for (int i = 0; i < n; i++) {
      sum += x[xAt + i] * w[wAt + i];
    }
    return sum;
  }

  /** The same without loss, for products of int16 and int8. */
  static long exactDot(int[] x, int xAt, int[] w, int wAt, int n) {
    long sum = 0;
    for (int i = 0; i < n; i += NARROW) {
      sum += dot(x, xAt + i, w, wAt + i, Math.min(NARROW, n - i));
    }
    return sum;
  }

  /** The same of floats, summed in double. */
  static double dot(float[] x, int xAt, float[] w, int wAt, int n) {
    double even = 0;
    double odd = 0;
    int i = 0;
    for (; i + 1 < n; i += 2) {
      even += (double) x[xAt + i] * w[wAt + i];
      odd += (double) x[xAt + i + 1] * w[wAt + i + 1];
    }
    return i < n ? even + odd + (double) x[xAt + i] * w[wAt + i] : even + odd;
  }

  /** The same numbers less {@code zero}. */
  static int[] less(int[] numbers, int zero) {
    int[] result = new int[numbers.length];
    for (int i = 0; i < result.length; i++) {
      result[i] = numbers[i] - zero;
    }
    return result;
  }

  /** Bytes as numbers, less {@code zero}. */
  static int[] signed(byte[] bytes, int zero) {
    int[] result = new int[bytes.length];
    for (int i = 0; i < result.length; i++) {
      result[i] = bytes[i] - zero;
    }
    return result;
  }

  static float clamp(double number, float low, float high) {
    float rounded = (float) number;
    return rounded < low ? low : rounded > high ? high : rounded;
  }
}

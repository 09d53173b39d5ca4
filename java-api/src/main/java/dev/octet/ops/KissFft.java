// SPDX-License-Identifier: Apache-2.0
package dev.octet.ops;

/**
 * The Fourier transform of real int16 or int32 samples in the fixed-point arithmetic of KISS FFT,
 * which tflite-micro uses: decimation in time by 4, then 2; before each butterfly its inputs are
 * divided by the radix, products are rounded half up, sums wrap. Lengths are powers of two.
 *
 * <p>The result is {@code 1 / n} of the transform: element k, 0 to n/2, as pairs of real and
 * imaginary part.
 */
final class KissFft {
  private final int length;
  private final int half;
  private final int fraction;
  private final long[] twiddles;
  private final long[] superTwiddles;

  /**
   * @param length samples: a power of two from 4 to 65536
   * @param bits 16 or 32
   */
  KissFft(int length, int bits) {
    this.length = length;
    this.half = length / 2;
    this.fraction = bits - 1;
    this.twiddles = new long[2 * half];
    for (int i = 0; i < half; i++) {
      rotation(twiddles, i, -2 * Math.PI * i / half);
    }
    this.superTwiddles = new long[2 * (half / 2)];
    for (int i = 0; i < half / 2; i++) {
      rotation(superTwiddles, i, -Math.PI * ((double) (i + 1) / half + 0.5));
    }
  }

  static boolean supports(int length) {
    return length >= 4 && length <= 65536 && Integer.bitCount(length) == 1;
  }

  private long greatest() {
    return (1L << fraction) - 1;
  }

  private void rotation(long[] table, int i, double phase) {
    table[2 * i] = (long) Math.floor(0.5 + greatest() * StrictMath.cos(phase));
    table[2 * i + 1] = (long) Math.floor(0.5 + greatest() * StrictMath.sin(phase));
  }

  private long wrap(long value) {
    return fraction == 15 ? (short) value : (int) value;
  }

  private long round(long product) {
    return wrap((product + (1L << (fraction - 1))) >> fraction);
  }

  private void divide(long[] x, int i, int by) {
    x[2 * i] = round(x[2 * i] * (greatest() / by));
    x[2 * i + 1] = round(x[2 * i + 1] * (greatest() / by));
  }

  /** Transforms {@code length} samples into {@code length + 2} numbers. */
  long[] transform(long[] samples) {
    long[] x = new long[length];
    work(x, 0, samples, 0, 1, half);
    long[] y = new long[length + 2];
    divide(x, 0, 2);
    y[0] = wrap(x[0] + x[1]);
    y[2 * half] = wrap(x[0] - x[1]);
    long[] pair = new long[4];
    for (int k = 1; k <= half / 2; k++) {
      pair[0] = x[2 * k];
      pair[1] = x[2 * k + 1];
      pair[2] = x[2 * (half - k)];
      pair[3] = wrap(-x[2 * (half - k) + 1]);
      divide(pair, 0, 2);
      divide(pair, 1, 2);
      long sumReal = wrap(pair[0] + pair[2]);
      long sumImaginary = wrap(pair[1] + pair[3]);
      long real = wrap(pair[0] - pair[2]);
      long imaginary = wrap(pair[1] - pair[3]);
      long c = superTwiddles[2 * (k - 1)];
      long s = superTwiddles[2 * (k - 1) + 1];
      long turnedReal = round(real * c - imaginary * s);
      long turnedImaginary = round(real * s + imaginary * c);
      y[2 * k] = wrap((sumReal + turnedReal) >> 1);
      y[2 * k + 1] = wrap((sumImaginary + turnedImaginary) >> 1);
      y[2 * (half - k)] = wrap((sumReal - turnedReal) >> 1);
      y[2 * (half - k) + 1] = wrap((turnedImaginary - sumImaginary) >> 1);
    }
    return y;
  }

  /** Transforms {@code count} complex samples, {@code stride} apart from {@code from}. */
  private void work(long[] x, int to, long[] samples, int from, int stride, int count) {
    int radix = count % 4 == 0 ? 4 : 2;
    int m = count / radix;
    for (int i = 0; i < radix; i++) {
      if (m == 1) {
        x[2 * (to + i)] = samples[2 * (from + i * stride)];
        x[2 * (to + i) + 1] = samples[2 * (from + i * stride) + 1];
      } else {
        work(x, to + i * m, samples, from + i * stride, stride * radix, m);
      }
    }
    for (int k = 0; k < m; k++) {
      if (radix == 4) {
        butterfly4(x, to + k, m, k * stride);
      } else {
        butterfly2(x, to + k, m, k * stride);
      }
    }
  }

  private void butterfly2(long[] x, int i, int m, int twiddle) {
    divide(x, i, 2);
    divide(x, i + m, 2);
    long[] turned = new long[2];
    turn(x, i + m, twiddle, turned, 0);
    long real = x[2 * i];
    long imaginary = x[2 * i + 1];
    x[2 * (i + m)] = wrap(real - turned[0]);
    x[2 * (i + m) + 1] = wrap(imaginary - turned[1]);
    x[2 * i] = wrap(real + turned[0]);
    x[2 * i + 1] = wrap(imaginary + turned[1]);
  }

  private void butterfly4(long[] x, int i, int m, int twiddle) {
    long[] turned = new long[6];
    divide(x, i, 4);
    for (int j = 1; j < 4; j++) {
      divide(x, i + j * m, 4);
      turn(x, i + j * m, j * twiddle, turned, j - 1);
    }
    long evenReal = wrap(x[2 * i] + turned[2]);
    long evenImaginary = wrap(x[2 * i + 1] + turned[3]);
    long oddReal = wrap(x[2 * i] - turned[2]);
    long oddImaginary = wrap(x[2 * i + 1] - turned[3]);
    long sumReal = wrap(turned[0] + turned[4]);
    long sumImaginary = wrap(turned[1] + turned[5]);
    long differenceReal = wrap(turned[0] - turned[4]);
    long differenceImaginary = wrap(turned[1] - turned[5]);
    x[2 * i] = wrap(evenReal + sumReal);
    x[2 * i + 1] = wrap(evenImaginary + sumImaginary);
    x[2 * (i + m)] = wrap(oddReal + differenceImaginary);
    x[2 * (i + m) + 1] = wrap(oddImaginary - differenceReal);
    x[2 * (i + 2 * m)] = wrap(evenReal - sumReal);
    x[2 * (i + 2 * m) + 1] = wrap(evenImaginary - sumImaginary);
    x[2 * (i + 3 * m)] = wrap(oddReal - differenceImaginary);
    x[2 * (i + 3 * m) + 1] = wrap(oddImaginary + differenceReal);
  }

  private void turn(long[] x, int i, int twiddle, long[] out, int at) {
    long c = twiddles[2 * twiddle];
    long s = twiddles[2 * twiddle + 1];
    out[2 * at] = round(x[2 * i] * c - x[2 * i + 1] * s);
    out[2 * at + 1] = round(x[2 * i] * s + x[2 * i + 1] * c);
  }
}

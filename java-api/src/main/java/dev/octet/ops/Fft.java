// SPDX-License-Identifier: Apache-2.0
package dev.octet.ops;

/**
 * The Fourier transform in float64, {@code y[k] = sum x[i] exp(-2 pi j i k / n)}, of complex or
 * real numbers, n a power of two: decimation in time by 2, in place.
 */
final class Fft {
  private final int n;
  private final double[] cos;
  private final double[] sin;

  Fft(int n) {
    this.n = n;
    this.cos = new double[Math.max(1, n / 2)];
    this.sin = new double[cos.length];
    for (int i = 0; i < cos.length; i++) {
      cos[i] = StrictMath.cos(-2 * Math.PI * i / n);
      sin[i] = StrictMath.sin(-2 * Math.PI * i / n);
    }
  }

  /** The n that rotations are made for. */
  int length() {
    return n;
  }

  /** Transforms {@code count} complex numbers; count divides n. */
  void complex(double[] real, double[] imaginary, int count) {
    reverse(real, imaginary, count);
    boolean fours = count >= 4;
    for (int start = 0; fours && start < count; start += 4) {
      four(real, imaginary, start);
    }
    for (int size = fours ? 8 : 2; size <= count; size *= 2) {
      int half = size / 2;
      int step = n / size;
      for (int start = 0; start < count; start += size) {
        for (int i = 0; i < half; i++) {
          double c = cos[i * step];
          double s = sin[i * step];
          int a = start + i;
          int b = a + half;
          double re = real[b] * c - imaginary[b] * s;
          double im = real[b] * s + imaginary[b] * c;
          real[b] = real[a] - re;
          imaginary[b] = imaginary[a] - im;
          real[a] += re;
          imaginary[a] += im;
        }
      }
    }
  }

  /** The first two steps, whose rotations are by quarters of a turn. */
  private static void four(double[] real, double[] imaginary, int at) {
    double sumRe = real[at] + real[at + 1];
    double sumIm = imaginary[at] + imaginary[at + 1];
    double differenceRe = real[at] - real[at + 1];
    double differenceIm = imaginary[at] - imaginary[at + 1];
    double otherSumRe = real[at + 2] + real[at + 3];
    double otherSumIm = imaginary[at + 2] + imaginary[at + 3];
    double otherDifferenceRe = real[at + 2] - real[at + 3];
    double otherDifferenceIm = imaginary[at + 2] - imaginary[at + 3];
    real[at] = sumRe + otherSumRe;
    imaginary[at] = sumIm + otherSumIm;
    real[at + 1] = differenceRe + otherDifferenceIm;
    imaginary[at + 1] = differenceIm - otherDifferenceRe;
    real[at + 2] = sumRe - otherSumRe;
    imaginary[at + 2] = sumIm - otherSumIm;
    real[at + 3] = differenceRe - otherDifferenceIm;
    imaginary[at + 3] = differenceIm + otherDifferenceRe;
  }

  private static void reverse(double[] real, double[] imaginary, int count) {
    for (int i = 1, j = 0; i < count; i++) {
      int bit = count >> 1;
      for (; (j & bit) != 0; bit >>= 1) {
        j ^= bit;
      }
      j |= bit;
      if (i < j) {
        double re = real[i];
        real[i] = real[j];
        real[j] = re;
        double im = imaginary[i];
        imaginary[i] = imaginary[j];
        imaginary[j] = im;
      }
    }
  }

  /**
   * Transforms n real numbers into n / 2 + 1 complex ones: as n / 2 complex numbers of even and odd
   * elements, taken apart afterwards.
   */
  void real(float[] x, int at, double[] real, double[] imaginary) {
    if (n == 1) {
      real[0] = x[at];
      imaginary[0] = 0;
      return;
    }
    int half = n / 2;
    for (int i = 0; i < half; i++) {
      real[i] = x[at + 2 * i];
      imaginary[i] = x[at + 2 * i + 1];
    }
    complex(real, imaginary, half);
    double first = real[0];
    real[half] = first - imaginary[0];
    real[0] = first + imaginary[0];
    imaginary[half] = 0;
    imaginary[0] = 0;
    for (int k = 1; k <= half / 2; k++) {
      int m = half - k;
      double evenRe = (real[k] + real[m]) / 2;
      double evenIm = (imaginary[k] - imaginary[m]) / 2;
      double oddRe = (imaginary[k] + imaginary[m]) / 2;
      double oddIm = (real[m] - real[k]) / 2;
      double re = oddRe * cos[k] - oddIm * sin[k];
      double im = oddRe * sin[k] + oddIm * cos[k];
      real[k] = evenRe + re;
      imaginary[k] = evenIm + im;
      real[m] = evenRe - re;
      imaginary[m] = im - evenIm;
    }
  }
}

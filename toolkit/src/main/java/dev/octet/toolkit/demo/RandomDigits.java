// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.demo;

import java.util.Random;

/**
 * As many drawn digits as one likes: the strokes of {@link DigitPictures}, each time turned,
 * stretched, leant and bent at random and drawn with another pen, some with specks of noise. The
 * same seed gives the same pictures on every machine; other seeds give others.
 *
 * @param seed of the random shapes
 */
public record RandomDigits(long seed) {
  /** Digits there are. */
  public static final int CLASSES = 10;

  /** The digit that picture {@code i} shows: i modulo 10. */
  public int label(int i) {
    return i % CLASSES;
  }

  /** Picture {@code i}: {@code 28 * 28} grey pixels by rows. */
  public byte[] pixels(int i) {
    // Random mixes its seed little: neighbours would draw alike
    Random random = new Random((seed * 0x9E3779B97F4A7C15L + i) * 0xBF58476D1CE4E5B9L);
    random.nextLong();
    Strokes strokes =
        DigitPictures.strokes(random.nextInt(3), label(i))
            .bent(between(random, 0, 14), random)
            .slanted(between(random, -0.12, 0.3))
            .turned(between(random, -0.16, 0.16), between(random, 0.75, 1.1));
    byte[] pixels = DigitPictures.draw(strokes, between(random, 0.85, 1.7));
    double specks = Math.max(0, between(random, -0.02, 0.02));
    for (int p = 0; p < pixels.length; p++) {
      if (random.nextDouble() < specks) {
        pixels[p] = (byte) random.nextInt(256);
      }
    }
    return pixels;
  }

  private static double between(Random random, double low, double high) {
    return low + (high - low) * random.nextDouble();
  }
}

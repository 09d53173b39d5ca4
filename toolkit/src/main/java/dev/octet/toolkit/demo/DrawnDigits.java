// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.demo;

import dev.octet.toolkit.data.DataSet;
import dev.octet.toolkit.data.NpyArray;
import dev.octet.toolkit.data.NpyType;
import dev.octet.toolkit.data.Sample;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * As many drawn digits as one likes, for calibration and validation without any file: the strokes
 * of {@link DigitPictures}, each time turned, stretched, leant and bent at random and drawn with
 * another pen, some with specks of noise. Sample i shows the digit i modulo 10; a pixel p is the
 * number p / 255. The same seed gives the same pictures on every machine; other seeds give others.
 */
public final class DrawnDigits implements DataSet {
  private static final List<String> CLASSES =
      IntStream.range(0, 10).mapToObj(Integer::toString).toList();

  private final long seed;
  private final int count;

  /**
   * @param seed of the random shapes
   * @param count number of pictures
   * @throws IllegalArgumentException unless {@code count >= 1}
   */
  public DrawnDigits(long seed, int count) {
    if (count < 1) {
      throw new IllegalArgumentException(count + " drawn digits");
    }
    this.seed = seed;
    this.count = count;
  }

  @Override
  public String name() {
    return "digits:" + seed + ":" + count;
  }

  @Override
  public int size() {
    return count;
  }

  @Override
  public List<String> classes() {
    return CLASSES;
  }

  @Override
  public Iterator<Sample> iterator() {
    return IntStream.range(0, count).mapToObj(this::sample).iterator();
  }

  private Sample sample(int i) {
    byte[] pixels = pixels(i);
    ByteBuffer reals = ByteBuffer.allocate(4 * pixels.length).order(ByteOrder.LITTLE_ENDIAN);
    for (byte pixel : pixels) {
      reals.putFloat((pixel & 255) / 255f);
    }
    int[] shape = {1, DigitPictures.SIZE, DigitPictures.SIZE};
    NpyArray array = new NpyArray(NpyType.FLOAT32, shape, reals.flip());
    return new Sample(name() + "[" + i + "]", List.of(array), i % 10, null);
  }

  /** Picture {@code i}: {@code 28 * 28} grey pixels by rows. */
  public byte[] pixels(int i) {
    // Random mixes its seed little: neighbours would draw alike
    Random random = new Random((seed * 0x9E3779B97F4A7C15L + i) * 0xBF58476D1CE4E5B9L);
    random.nextLong();
    Strokes strokes =
        DigitPictures.strokes(random.nextInt(3), i % 10)
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

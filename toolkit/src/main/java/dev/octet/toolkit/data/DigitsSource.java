// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.data;

import dev.octet.toolkit.demo.DigitPictures;
import dev.octet.toolkit.demo.RandomDigits;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.stream.IntStream;

/** Drawn digits, as pixels for any input of 28 x 28; each is drawn once and its pixels are kept. */
final class DigitsSource implements SampleSource {
  // 784 bytes each are kept
  private static final int MOST = 1_000_000;
  private static final int[] SHAPE = {DigitPictures.SIZE, DigitPictures.SIZE};
  private static final List<String> CLASSES =
      IntStream.range(0, RandomDigits.CLASSES).mapToObj(Integer::toString).toList();

  private final String name;
  private final RandomDigits digits;
  private final ModelInput input;
  private final int[] sized;
  private final AtomicReferenceArray<byte[]> drawn;

  /**
   * @throws IllegalArgumentException if {@code count} is not 1 to {@value #MOST}, or if the input
   *     is not of 28 x 28
   */
  DigitsSource(String name, long seed, int count, ModelInput input) {
    if (count < 1 || count > MOST) {
      throw new IllegalArgumentException(
          name + ": " + count + " drawn digits; there may be 1 to " + MOST);
    }
    this.name = name;
    this.digits = new RandomDigits(seed);
    this.input = input;
    this.drawn = new AtomicReferenceArray<>(count);
    this.sized = Shapes.fit(input.shape(), SHAPE);
    if (sized == null) {
      throw new IllegalArgumentException(
          name + " are of " + Arrays.toString(SHAPE) + " pixels; " + input);
    }
  }

  @Override
  public int count() {
    return drawn.length();
  }

  @Override
  public String name(int index) {
    return name + "[" + index + "]";
  }

  @Override
  public int label(int index) {
    return digits.label(index);
  }

  @Override
  public List<String> classes() {
    return CLASSES;
  }

  private byte[] pixels(int index) {
    byte[] pixels = drawn.get(index);
    if (pixels == null) {
      pixels = digits.pixels(index);
      drawn.set(index, pixels);
    }
    return pixels;
  }

  @Override
  public Cursor open(boolean forward) {
    return new Cursor() {
      @Override
      public List<NpyArray> inputs(int index) throws IOException {
        ByteBuffer pixels = ByteBuffer.wrap(pixels(index));
        return List.of(input.convert(DigitsSource.this.name(index), NpyType.UINT8, sized, pixels));
      }

      @Override
      public float[] target(int index) {
        return null;
      }

      @Override
      public void close() {}
    };
  }
}

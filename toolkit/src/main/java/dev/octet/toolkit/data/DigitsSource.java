// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.data;

import dev.octet.toolkit.demo.DigitPictures;
import dev.octet.toolkit.demo.DrawnDigits;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;

/** Drawn digits, as pixels for any input of 28 x 28; each is drawn once and its pixels are kept. */
final class DigitsSource implements SampleSource {
  // 784 bytes each are kept
  private static final int MOST = 1_000_000;
  private static final int[] SHAPE = {DigitPictures.SIZE, DigitPictures.SIZE};

  private final String name;
  private final DrawnDigits digits;
  private final ModelInput input;
  private final int[] sized;
  private final AtomicReferenceArray<byte[]> drawn;

  /**
   * @throws IllegalArgumentException if {@code count} is not 1 to {@value #MOST}
   * @throws DataFormatException if the input is not of 28 x 28
   */
  DigitsSource(String name, long seed, int count, ModelInput input) throws DataFormatException {
    if (count > MOST) {
      throw new IllegalArgumentException(name + " are more than " + MOST + " digits");
    }
    this.name = name;
    this.digits = new DrawnDigits(seed, count);
    this.input = input;
    this.drawn = new AtomicReferenceArray<>(count);
    this.sized = Shapes.fit(input.shape(), SHAPE);
    if (sized == null) {
      throw new DataFormatException(name, "are of " + Arrays.toString(SHAPE) + " pixels; " + input);
    }
  }

  @Override
  public int count() {
    return digits.size();
  }

  @Override
  public String name(int index) {
    return name + "[" + index + "]";
  }

  @Override
  public int label(int index) {
    return index % digits.classes().size();
  }

  @Override
  public List<String> classes() {
    return digits.classes();
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

// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.data;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.CRC32;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Seeded damage to every kind of input file: read, or refused with {@link DataFormatException}. */
class DamagedFilesTest {
  private static final int MUTATIONS = 2000;

  @TempDir Path folder;

  private static byte[] picture(String format) throws IOException {
    Random random = new Random(5);
    BufferedImage image = new BufferedImage(23, 17, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < 17; y++) {
      for (int x = 0; x < 23; x++) {
        image.setRGB(x, y, random.nextInt(1 << 24));
      }
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    assertTrue(ImageIO.write(image, format, out));
    return out.toByteArray();
  }

  private static byte[] damage(byte[] whole, Random random) {
    byte[] damaged = whole.clone();
    if (random.nextInt(10) < 3) {
      return Arrays.copyOf(damaged, random.nextInt(damaged.length));
    }
    // half of the flips go where the headers are
    int reach = random.nextBoolean() ? Math.min(64, damaged.length) : damaged.length;
    for (int flips = 1 + random.nextInt(8); flips > 0; flips--) {
      damaged[random.nextInt(reach)] ^= (byte) (1 << random.nextInt(8));
    }
    return damaged;
  }

  @ParameterizedTest
  @ValueSource(strings = {"png", "jpg", "bmp"})
  void pictures(String format) throws IOException {
    byte[] whole = picture(format);
    Random random = new Random(20261121);
    int refused = 0;
    for (int i = 0; i < MUTATIONS; i++) {
      byte[] damaged = damage(whole, random);
      try {
        Picture picture = PictureReader.read("damaged", new ByteArrayInputStream(damaged));
        assertFalse((long) picture.h() * picture.w() > PictureReader.MAX_PIXELS);
      } catch (DataFormatException e) {
        refused++;
      }
    }
    assertTrue(refused > MUTATIONS / 20 && refused < MUTATIONS, refused + " refused");
  }

  @Test
  void npy() throws IOException {
    Path file = folder.resolve("a.npy");
    ByteBuffer data = ByteBuffer.allocate(4 * 6);
    NpyWriter.write(file, new NpyArray(NpyType.FLOAT32, new int[] {2, 3}, data));
    byte[] whole = Files.readAllBytes(file);
    Random random = new Random(20261121);
    int refused = 0;
    for (int i = 0; i < MUTATIONS; i++) {
      try {
        NpyReader.parse("damaged", ByteBuffer.wrap(damage(whole, random)));
      } catch (DataFormatException e) {
        refused++;
      }
    }
    assertTrue(refused > MUTATIONS / 20 && refused < MUTATIONS, refused + " refused");
  }

  @Test
  void aHeaderThatClaimsTooMuchIsRefusedBeforeMemoryIsTaken() throws IOException {
    ByteBuffer png = ByteBuffer.wrap(picture("png"));
    png.putInt(16, 60000).putInt(20, 60000);
    CRC32 checksum = new CRC32();
    checksum.update(png.array(), 12, 17);
    png.putInt(29, (int) checksum.getValue());
    DataFormatException e =
        assertThrows(
            DataFormatException.class,
            () -> PictureReader.read("huge.png", new ByteArrayInputStream(png.array())));
    assertTrue(e.getMessage().contains("60000 x 60000"), e.getMessage());
  }
}

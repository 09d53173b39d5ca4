// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PictureTest {
  @TempDir Path directory;

  private Path write(BufferedImage image, String format) throws IOException {
    Path file = directory.resolve("picture." + format);
    assertTrue(ImageIO.write(image, format, file.toFile()), "no writer for " + format);
    return file;
  }

  private static BufferedImage colours() {
    BufferedImage image = new BufferedImage(3, 2, BufferedImage.TYPE_INT_RGB);
    image.setRGB(0, 0, 0xff0000);
    image.setRGB(1, 0, 0x00ff00);
    image.setRGB(2, 0, 0x0000ff);
    image.setRGB(0, 1, 0x102030);
    return image;
  }

  private static BufferedImage greys(int type) {
    BufferedImage image = new BufferedImage(16, 16, type);
    for (int i = 0; i < 256; i++) {
      image.getRaster().setSample(i % 16, i / 16, 0, i);
    }
    return image;
  }

  @ParameterizedTest
  @ValueSource(strings = {"png", "bmp"})
  void coloursAreReadByRows(String format) throws IOException {
    Picture picture = PictureReader.read(write(colours(), format));
    assertEquals(2, picture.h());
    assertEquals(3, picture.w());
    assertEquals(3, picture.c());
    assertArrayEquals(
        new float[] {255, 0, 0, 0, 255, 0, 0, 0, 255, 16, 32, 48, 0, 0, 0, 0, 0, 0},
        picture.pixels());
  }

  @ParameterizedTest
  @ValueSource(strings = {"png", "bmp"})
  void greyValuesStayAsStored(String format) throws IOException {
    Picture picture = PictureReader.read(write(greys(BufferedImage.TYPE_BYTE_GRAY), format));
    assertEquals(1, picture.c());
    for (int i = 0; i < 256; i++) {
      assertEquals(i, picture.pixels()[i]);
    }
  }

  @Test
  void aPaletteOfGreysIsGrey() throws IOException {
    byte[] ramp = new byte[256];
    for (int i = 0; i < 256; i++) {
      ramp[i] = (byte) (255 - i);
    }
    IndexColorModel palette = new IndexColorModel(8, 256, ramp, ramp, ramp);
    BufferedImage image = new BufferedImage(16, 16, BufferedImage.TYPE_BYTE_INDEXED, palette);
    for (int i = 0; i < 256; i++) {
      image.getRaster().setSample(i % 16, i / 16, 0, i);
    }
    Picture picture = PictureReader.read(write(image, "png"));
    assertEquals(1, picture.c());
    assertEquals(255, picture.pixels()[0]);
    assertEquals(0, picture.pixels()[255]);
  }

  @Test
  void sixteenBitsAreScaled() throws IOException {
    BufferedImage image = new BufferedImage(2, 1, BufferedImage.TYPE_USHORT_GRAY);
    image.getRaster().setSample(1, 0, 0, 65535);
    assertArrayEquals(new float[] {0, 255}, PictureReader.read(write(image, "png")).pixels());
  }

  @Test
  void jpegIsReadNearlyAsWritten() throws IOException {
    BufferedImage image = new BufferedImage(16, 16, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < 256; i++) {
      image.setRGB(i % 16, i / 16, 0x4080c0);
    }
    Picture picture = PictureReader.read(write(image, "jpg"));
    assertEquals(0x40, picture.pixels()[0], 4);
    assertEquals(0x80, picture.pixels()[1], 4);
    assertEquals(0xc0, picture.pixels()[2], 4);
  }

  @Test
  void damagedAndOtherFilesAreRefusedByName() throws IOException {
    Path text = Files.writeString(directory.resolve("text.png"), "not a picture");
    assertEquals(
        text + ": not a PNG, JPEG or BMP picture",
        assertThrows(DataFormatException.class, () -> PictureReader.read(text)).getMessage());
    byte[] whole = Files.readAllBytes(write(colours(), "png"));
    Path cut = Files.write(directory.resolve("cut.png"), Arrays.copyOf(whole, 40));
    String message =
        assertThrows(DataFormatException.class, () -> PictureReader.read(cut)).getMessage();
    assertTrue(message.startsWith(cut + ": the picture is damaged"), message);
  }

  @Test
  void resizeInterpolatesBetweenHalfPixelCentres() {
    Picture row = new Picture(1, 2, 1, new float[] {0, 100});
    assertArrayEquals(new float[] {0, 25, 75, 100}, row.resize(1, 4).pixels());
    Picture four = new Picture(1, 4, 1, new float[] {0, 100, 200, 40});
    assertArrayEquals(new float[] {50, 120}, four.resize(1, 2).pixels());
    assertArrayEquals(new float[] {150}, four.resize(1, 1).pixels());
    Picture square = new Picture(2, 2, 1, new float[] {0, 40, 80, 120});
    assertArrayEquals(new float[] {60}, square.resize(1, 1).pixels());
    assertSame(square, square.resize(2, 2));
  }

  @Test
  void greyIsTheLumaOfColours() {
    Picture red = new Picture(1, 1, 3, new float[] {100, 0, 0});
    Picture mixed = new Picture(1, 1, 3, new float[] {10, 100, 200});
    assertEquals(29.9f, red.channels(1).pixels()[0], 1e-4f);
    assertEquals(2.99f + 58.7f + 22.8f, mixed.channels(1).pixels()[0], 1e-4f);
    assertArrayEquals(
        new float[] {7, 7, 7}, new Picture(1, 1, 1, new float[] {7}).channels(3).pixels());
  }

  @Test
  void namesOfPicturesEndLikePictures() {
    assertTrue(PictureReader.isPicture(Path.of("a/b.JPEG")));
    assertTrue(PictureReader.isPicture(Path.of("b.bmp")));
    assertEquals(false, PictureReader.isPicture(Path.of("b.png.npy")));
    assertEquals(false, PictureReader.isPicture(Path.of("png")));
  }
}

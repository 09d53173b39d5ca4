// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

final class FrameStreamTest {
  private static byte[] jpeg(int grey, int h, int w) {
    BufferedImage image = new BufferedImage(w, h, BufferedImage.TYPE_BYTE_GRAY);
    for (int i = 0; i < h * w; i++) {
      image.getRaster().setSample(i % w, i / w, 0, grey);
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      assertTrue(ImageIO.write(image, "jpeg", bytes));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return bytes.toByteArray();
  }

  private static byte[] joined(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    Arrays.stream(parts).forEach(all::writeBytes);
    return all.toByteArray();
  }

  private static FrameStream open(byte[] bytes, FrameFormat format, int h, int w)
      throws IOException {
    return FrameFormat.open("camera", new ByteArrayInputStream(bytes), format, h, w);
  }

  private static List<Picture> all(byte[] bytes, FrameFormat format, int h, int w)
      throws IOException {
    FrameStream stream = open(bytes, format, h, w);
    List<Picture> pictures = new ArrayList<>();
    for (Frame frame = stream.next(); frame != null; frame = stream.next()) {
      pictures.add(frame.picture());
    }
    return pictures;
  }

  /** Puts a whole picture into an APP1 segment, as cameras store thumbnails. */
  private static byte[] withThumbnail(byte[] picture, byte[] thumbnail) {
    int length = thumbnail.length + 2;
    byte[] segment = {(byte) 0xff, (byte) 0xe1, (byte) (length >> 8), (byte) length};
    return joined(
        Arrays.copyOf(picture, 2),
        segment,
        thumbnail,
        Arrays.copyOfRange(picture, 2, picture.length));
  }

  @Test
  void jpegPicturesAreCutByTheirMarkers() throws IOException {
    byte[] first = withThumbnail(jpeg(200, 24, 40), jpeg(10, 8, 8));
    byte[] junk = {0, (byte) 0xff, 0, 7, (byte) 0xff};
    List<Picture> found =
        all(joined(first, junk, jpeg(90, 16, 16), Arrays.copyOf(first, 300)), null, 0, 0);
    assertEquals(2, found.size(), "the third has lost its end");
    assertEquals(24, found.get(0).h());
    assertEquals(40, found.get(0).w());
    assertEquals(200, found.get(0).pixels()[5], 2);
    assertEquals(90, found.get(1).pixels()[5], 2);
  }

  @Test
  void aDamagedPictureLeavesTheNextOneWhole() throws IOException {
    byte[] damaged = jpeg(50, 64, 64);
    // the height of the frame header, which the decoder then refuses
    for (int i = 2; i < damaged.length - 8; i++) {
      if ((damaged[i] & 0xff) == 0xff && (damaged[i + 1] & 0xff) == 0xc0) {
        damaged[i + 4] = 99;
      }
    }
    FrameStream stream = open(joined(damaged, jpeg(120, 8, 8)), null, 0, 0);
    Frame bad = stream.next();
    DataFormatException told = assertThrows(DataFormatException.class, bad::picture);
    assertTrue(told.getMessage().startsWith("camera, frame 1"), told.getMessage());
    assertEquals(120, stream.next().picture().pixels()[0], 2);
    assertNull(stream.next());
  }

  @Test
  void noBytesMakeTheReaderFailOtherwise() throws IOException {
    Random random = new Random(3);
    byte[] good = joined(jpeg(50, 24, 24), jpeg(60, 24, 24));
    for (int trial = 0; trial < 300; trial++) {
      byte[] bytes = good.clone();
      for (int i = 0; i <= random.nextInt(6); i++) {
        bytes[2 + random.nextInt(bytes.length - 2)] = (byte) random.nextInt();
      }
      FrameStream stream = open(bytes, null, 0, 0);
      for (Frame frame = stream.next(); frame != null; frame = stream.next()) {
        try {
          assertNotNull(frame.picture());
        } catch (DataFormatException e) {
          assertTrue(e.getMessage().startsWith("camera, frame "), e.getMessage());
        }
      }
    }
  }

  @Test
  void y4mHasColoursOfBt601() throws IOException {
    byte[] header = "YUV4MPEG2 W3 H2 F30:1 Ip C420jpeg\n".getBytes(StandardCharsets.US_ASCII);
    byte[] frame = "FRAME\n".getBytes(StandardCharsets.US_ASCII);
    // black, white and red; 2 x 1 differences of which the first two columns share one
    byte[] planes = {
      16, (byte) 235, 81, 16, (byte) 235, 81, (byte) 128, 90, (byte) 128, (byte) 240
    };
    List<Picture> found = all(joined(header, frame, planes, frame, planes), null, 0, 0);
    assertEquals(2, found.size());
    float[] pixels = found.get(1).pixels();
    assertArrayEquals(new float[] {0, 0, 0}, Arrays.copyOfRange(pixels, 0, 3), 0.5f);
    assertArrayEquals(new float[] {255, 255, 255}, Arrays.copyOfRange(pixels, 3, 6), 0.5f);
    assertArrayEquals(new float[] {255, 0, 0}, Arrays.copyOfRange(pixels, 6, 9), 1.5f);
    byte[] grey =
        "YUV4MPEG2 W2 H1 Cmono XCOLORRANGE=FULL\nFRAME\n\007\377"
            .getBytes(StandardCharsets.ISO_8859_1);
    assertArrayEquals(new float[] {7, 255}, all(grey, null, 0, 0).get(0).pixels());
  }

  @Test
  void rawFramesHaveTheirChannelsInOrder() throws IOException {
    byte[] bytes = {1, 2, 3, 4, 5, 6, 7};
    assertArrayEquals(
        new float[] {1, 2, 3, 4, 5, 6}, all(bytes, FrameFormat.RGB24, 1, 2).get(0).pixels());
    assertArrayEquals(
        new float[] {3, 2, 1, 6, 5, 4}, all(bytes, FrameFormat.BGR24, 1, 2).get(0).pixels());
    List<Picture> grey = all(bytes, FrameFormat.GRAY, 1, 3);
    assertEquals(2, grey.size(), "the third is cut");
    assertArrayEquals(new float[] {4, 5, 6}, grey.get(1).pixels());
    byte[] odd = new byte[9 + 2 * 4];
    Arrays.fill(odd, (byte) 128);
    float level = (128 - 16) * 255f / 219;
    for (float pixel : all(odd, FrameFormat.YUV420, 3, 3).get(0).pixels()) {
      assertEquals(level, pixel, 1e-3f);
    }
  }

  @Test
  void whatIsNoStreamIsToldSo() {
    byte[] text = "hello, camera".getBytes(StandardCharsets.US_ASCII);
    assertThrows(DataFormatException.class, () -> open(new byte[0], null, 0, 0));
    assertThrows(DataFormatException.class, () -> open(text, null, 0, 0));
    assertThrows(IllegalArgumentException.class, () -> open(text, FrameFormat.GRAY, 0, 4));
    assertThrows(
        IllegalArgumentException.class, () -> open(text, FrameFormat.RGB24, 1 << 15, 1 << 15));
    for (String header :
        List.of(
            "W0 H4",
            "W4",
            "Wx H4",
            "W4 H4 C420p10",
            "W99999999 H99999999",
            "W4 H4 " + "x".repeat(300))) {
      byte[] bytes = ("YUV4MPEG2 " + header + "\n").getBytes(StandardCharsets.US_ASCII);
      assertThrows(DataFormatException.class, () -> open(bytes, null, 0, 0), header);
    }
    byte[] frameless = "YUV4MPEG2 W1 H1 Cmono\nFRAMX\n1".getBytes(StandardCharsets.US_ASCII);
    assertThrows(DataFormatException.class, () -> all(frameless, null, 0, 0));
  }

  @Test
  @Timeout(60)
  void theNewestFrameIsTaken() throws Exception {
    PipedOutputStream camera = new PipedOutputStream();
    InputStream in = new PipedInputStream(camera, 1 << 16);
    NewestFrames newest = new NewestFrames(FrameFormat.open("camera", in, FrameFormat.GRAY, 1, 1));
    camera.write(1);
    camera.flush();
    assertEquals(1, newest.next().picture().pixels()[0]);
    for (int i = 2; i <= 50; i++) {
      camera.write(i);
    }
    camera.close();
    int last = 0;
    int seen = 1;
    for (Frame frame = newest.next(); frame != null; frame = newest.next()) {
      int value = (int) frame.picture().pixels()[0];
      assertTrue(value > last);
      last = value;
      seen++;
    }
    assertEquals(50, last);
    assertEquals(50, seen + newest.dropped());
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.data;

import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.DataBufferByte;
import java.awt.image.IndexColorModel;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Locale;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;

/**
 * Reads PNG, JPEG and BMP pictures with the JDK's own decoders; no display is needed.
 *
 * <p>Grey pictures and palettes of greys give one channel, all others three. Colours are taken as
 * stored: an alpha channel is dropped, an EXIF orientation is not applied. Samples of 16 bits are
 * scaled by 255 / 65535.
 */
public final class PictureReader {
  /** The largest picture, about 480 MB while it is converted. */
  static final int MAX_PIXELS = 40_000_000;

  private static final String ENDINGS = ".*\\.(png|jpe?g|bmp)";

  static {
    ImageIO.setUseCache(false);
  }

  private PictureReader() {}

  /** Tells whether the name of {@code file} ends in png, jpg, jpeg or bmp, in any case. */
  public static boolean isPicture(Path file) {
    return file.getFileName().toString().toLowerCase(Locale.ROOT).matches(ENDINGS);
  }

  /**
   * Reads a file.
   *
   * @throws DataFormatException if it is no picture of a known format, or is damaged
   */
  public static Picture read(Path file) throws IOException {
    ByteBuffer bytes = RawFile.read(file);
    return read(file.toString(), new ByteArrayInputStream(bytes.array(), 0, bytes.remaining()));
  }

  /**
   * Reads a picture from a stream, which stays open.
   *
   * @param source name for messages
   */
  public static Picture read(String source, InputStream in) throws IOException {
    try {
      return of(decode(source, in));
    } catch (DataFormatException e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      throw new DataFormatException(source, "the picture is damaged: " + e.getMessage(), e);
    }
  }

  // ImageIO.read would take a damaged header's word for the size before it allocates.
  private static BufferedImage decode(String source, InputStream in) throws IOException {
    try (ImageInputStream stream = ImageIO.createImageInputStream(in)) {
      Iterator<ImageReader> readers = ImageIO.getImageReaders(stream);
      if (!readers.hasNext()) {
        throw new DataFormatException(source, "not a PNG, JPEG or BMP picture");
      }
      ImageReader reader = readers.next();
      try {
        reader.setInput(stream, true, true);
        long h = reader.getHeight(0);
        long w = reader.getWidth(0);
        if (h * w > MAX_PIXELS) {
          throw new DataFormatException(
              source, h + " x " + w + " pixels are more than " + MAX_PIXELS);
        }
        return reader.read(0);
      } finally {
        reader.dispose();
      }
    }
  }

  private static Picture of(BufferedImage image) {
    boolean indexed = image.getColorModel() instanceof IndexColorModel;
    if (!indexed && image.getColorModel().getColorSpace().getType() == ColorSpace.TYPE_GRAY) {
      return grey(image);
    }
    Picture picture = colour(image);
    return indexed && isGrey(picture) ? firstChannel(picture) : picture;
  }

  // BufferedImage.getRGB would pass grey samples through a gamma curve: 128 becomes 188.
  private static Picture grey(BufferedImage image) {
    int h = image.getHeight();
    int w = image.getWidth();
    int[] samples = image.getRaster().getSamples(0, 0, w, h, 0, (int[]) null);
    float top = (1 << image.getSampleModel().getSampleSize(0)) - 1;
    float[] pixels = new float[h * w];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = samples[i] * 255 / top;
    }
    return new Picture(h, w, 1, pixels);
  }

  private static Picture colour(BufferedImage image) {
    int h = image.getHeight();
    int w = image.getWidth();
    if (image.getType() == BufferedImage.TYPE_3BYTE_BGR
        && image.getRaster().getDataBuffer() instanceof DataBufferByte data
        && data.getData().length == 3 * h * w) {
      return reversed(h, w, data.getData());
    }
    int[] colours = image.getRGB(0, 0, w, h, null, 0, w);
    float[] pixels = new float[3 * h * w];
    for (int i = 0; i < colours.length; i++) {
      pixels[3 * i] = colours[i] >> 16 & 0xff;
      pixels[3 * i + 1] = colours[i] >> 8 & 0xff;
      pixels[3 * i + 2] = colours[i] & 0xff;
    }
    return new Picture(h, w, 3, pixels);
  }

  // what getRGB would give; with it a JPEG frame of 640 x 480 took 28 ms, not 4
  private static Picture reversed(int h, int w, byte[] bgr) {
    float[] pixels = new float[bgr.length];
    for (int i = 0; i < bgr.length; i += 3) {
      pixels[i] = bgr[i + 2] & 0xff;
      pixels[i + 1] = bgr[i + 1] & 0xff;
      pixels[i + 2] = bgr[i] & 0xff;
    }
    return new Picture(h, w, 3, pixels);
  }

  private static boolean isGrey(Picture picture) {
    float[] p = picture.pixels();
    for (int i = 0; i < p.length; i += 3) {
      if (p[i] != p[i + 1] || p[i] != p[i + 2]) {
        return false;
      }
    }
    return true;
  }

  private static Picture firstChannel(Picture picture) {
    float[] pixels = new float[picture.h() * picture.w()];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = picture.pixels()[3 * i];
    }
    return new Picture(picture.h(), picture.w(), 1, pixels);
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.data;

/**
 * A picture of {@code h} rows, {@code w} columns and {@code c} channels (1: grey, 3: red, green,
 * blue). {@code pixels[(y * w + x) * c + channel]} lies in [0, 255].
 */
public record Picture(int h, int w, int c, float[] pixels) {
  /**
   * @throws IllegalArgumentException if a side is not positive, {@code c} is neither 1 nor 3, or
   *     {@code pixels} has another length than {@code h * w * c}
   */
  public Picture {
    if (h <= 0 || w <= 0 || (c != 1 && c != 3) || pixels.length != (long) h * w * c) {
      throw new IllegalArgumentException(
          pixels.length + " values are no picture of " + h + " x " + w + " x " + c);
    }
  }

  /**
   * Resizes bilinearly with half-pixel centres and without antialiasing, as TensorFlow Lite's
   * RESIZE_BILINEAR with half_pixel_centers does.
   *
   * <p>The value of output row y comes from source row {@code (y + 0.5) * h / toH - 0.5}, columns
   * alike; source coordinates outside of the picture take the pixel of its edge. The whole picture
   * is taken: its aspect ratio is not kept. A picture that has the size already stays as it is.
   */
  public Picture resize(int toH, int toW) {
    if (toH == h && toW == w) {
      return this;
    }
    float[] out = new float[Math.multiplyExact(Math.multiplyExact(toH, toW), c)];
    for (int y = 0; y < toH; y++) {
      double sy = source(y, h, toH);
      int y0 = (int) sy;
      int y1 = Math.min(y0 + 1, h - 1);
      for (int x = 0; x < toW; x++) {
        double sx = source(x, w, toW);
        int x0 = (int) sx;
        int x1 = Math.min(x0 + 1, w - 1);
        for (int channel = 0; channel < c; channel++) {
          double top = mix(at(y0, x0, channel), at(y0, x1, channel), sx - x0);
          double bottom = mix(at(y1, x0, channel), at(y1, x1, channel), sx - x0);
          out[(y * toW + x) * c + channel] = (float) mix(top, bottom, sy - y0);
        }
      }
    }
    return new Picture(toH, toW, c, out);
  }

  private static double source(int at, int from, int to) {
    return Math.max(0, Math.min(from - 1, (at + 0.5) * from / to - 0.5));
  }

  private static double mix(double a, double b, double t) {
    return a + (b - a) * t;
  }

  private float at(int y, int x, int channel) {
    return pixels[(y * w + x) * c + channel];
  }

  /**
   * Returns the picture with {@code to} channels: grey = 0.299 red + 0.587 green + 0.114 blue
   * (ITU-R BT.601); a grey picture becomes red = green = blue.
   */
  public Picture channels(int to) {
    if (to == c) {
      return this;
    }
    float[] out = new float[Math.multiplyExact(Math.multiplyExact(h, w), to)];
    for (int i = 0; i < h * w; i++) {
      if (to == 1) {
        out[i] = 0.299f * pixels[3 * i] + 0.587f * pixels[3 * i + 1] + 0.114f * pixels[3 * i + 2];
      } else {
        out[3 * i] = out[3 * i + 1] = out[3 * i + 2] = pixels[i];
      }
    }
    return new Picture(h, w, to, out);
  }
}

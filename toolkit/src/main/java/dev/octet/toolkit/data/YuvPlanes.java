// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.data;

/**
 * Planes of luminance and colour differences of 8 bits, by ITU-R BT.601: luminance 16 to 235 and
 * differences 16 to 240, or 0 to 255 all ({@code full}).
 *
 * @param stepH rows of pixels that share a row of differences, {@code stepW} columns; 0 for none
 */
record YuvPlanes(int h, int w, int stepH, int stepW, boolean full) {
  int bytes() {
    return h * w + 2 * chromaBytes();
  }

  private int chromaBytes() {
    return stepH == 0 ? 0 : ((h + stepH - 1) / stepH) * chromaWidth();
  }

  private int chromaWidth() {
    return (w + stepW - 1) / stepW;
  }

  Picture picture(byte[] bytes) {
    float scale = full ? 1 : 255f / 219;
    float black = full ? 0 : 16;
    if (stepH == 0) {
      float[] grey = new float[h * w];
      for (int i = 0; i < grey.length; i++) {
        grey[i] = clamp(scale * ((bytes[i] & 0xff) - black));
      }
      return new Picture(h, w, 1, grey);
    }
    float[] pixels = new float[3 * h * w];
    float chroma = full ? 1 : 255f / 224;
    int blue = h * w;
    int red = blue + chromaBytes();
    for (int y = 0; y < h; y++) {
      int row = y / stepH * chromaWidth();
      for (int x = 0; x < w; x++) {
        float light = scale * ((bytes[y * w + x] & 0xff) - black);
        float u = chroma * ((bytes[blue + row + x / stepW] & 0xff) - 128);
        float v = chroma * ((bytes[red + row + x / stepW] & 0xff) - 128);
        int at = 3 * (y * w + x);
        pixels[at] = clamp(light + 1.402f * v);
        pixels[at + 1] = clamp(light - 0.344136f * u - 0.714136f * v);
        pixels[at + 2] = clamp(light + 1.772f * u);
      }
    }
    return new Picture(h, w, 3, pixels);
  }

  private static float clamp(float value) {
    return Math.max(0, Math.min(255, value));
  }
}

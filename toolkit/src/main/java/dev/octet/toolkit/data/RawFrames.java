// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.data;

import java.io.IOException;
import java.io.InputStream;

/** Frames of one size without headers. */
final class RawFrames implements FrameStream {
  private final InputStream in;
  private final FrameFormat format;
  private final int h;
  private final int w;

  RawFrames(InputStream in, FrameFormat format, int h, int w) {
    this.in = in;
    this.format = format;
    this.h = h;
    this.w = w;
  }

  @Override
  public Frame next() throws IOException {
    int size = format.bytes(h, w);
    byte[] bytes = in.readNBytes(size);
    return bytes.length < size ? null : () -> picture(bytes);
  }

  private Picture picture(byte[] bytes) {
    if (format == FrameFormat.YUV420) {
      return new YuvPlanes(h, w, 2, 2, false).picture(bytes);
    }
    float[] pixels = new float[bytes.length];
    for (int i = 0; i < pixels.length; i++) {
      // blue, green, red: the first and third of each pixel change places
      int from = format == FrameFormat.BGR24 ? i + 2 - 2 * (i % 3) : i;
      pixels[i] = bytes[from] & 0xff;
    }
    return new Picture(h, w, format == FrameFormat.GRAY ? 1 : 3, pixels);
  }
}

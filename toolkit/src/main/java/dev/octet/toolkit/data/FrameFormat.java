// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.data;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** How the frames of a stream lie in its bytes. */
public enum FrameFormat {
  /** JPEG pictures one behind another. */
  MJPEG(0),
  /** YUV4MPEG2: a line that tells the size, and a line before each frame. */
  Y4M(0),
  /** 3 bytes a pixel: red, green, blue. */
  RGB24(3),
  /** 3 bytes a pixel: blue, green, red. */
  BGR24(3),
  /** 1 byte a pixel. */
  GRAY(1),
  /** Planes: luminance, then blue and red difference of half the height and width. */
  YUV420(1);

  /** The largest frame, as {@link PictureReader} has it. */
  static final int MAX_PIXELS = PictureReader.MAX_PIXELS;

  private static final int DETECTED = 10;

  /** Samples of a pixel at full height and width; 0 where the stream tells. */
  private final int samples;

  FrameFormat(int samples) {
    this.samples = samples;
  }

  /** True for a format that does not tell the size of its frames. */
  public boolean needsSize() {
    return samples != 0;
  }

  /** The name in lower case, as command lines have it. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Bytes of a frame of a format that needs its size. */
  int bytes(int h, int w) {
    return this == YUV420 ? new YuvPlanes(h, w, 2, 2, false).bytes() : h * w * samples;
  }

  /**
   * A stream of frames.
   *
   * @param source name for messages
   * @param format null to tell MJPEG and Y4M by their first bytes
   * @param h rows of a frame, w columns; used by formats that do not tell
   * @throws DataFormatException if the first bytes are neither of MJPEG nor of Y4M and no format is
   *     given, or the stream is empty
   * @throws IllegalArgumentException if a format needs a size and has none, or one too large
   */
  public static FrameStream open(String source, InputStream in, FrameFormat format, int h, int w)
      throws IOException {
    InputStream buffered = new BufferedInputStream(in, 1 << 16);
    FrameFormat found = format == null ? detect(source, buffered) : format;
    if (found.needsSize() && (h <= 0 || w <= 0 || (long) h * w > MAX_PIXELS)) {
      throw new IllegalArgumentException(
          found.label()
              + " frames of "
              + h
              + " x "
              + w
              + ": a size of 1 to "
              + MAX_PIXELS
              + " pixels is wanted");
    }
    return switch (found) {
      case MJPEG -> new JpegFrames(source, buffered);
      case Y4M -> new Y4mFrames(source, buffered);
      default -> new RawFrames(buffered, found, h, w);
    };
  }

  private static FrameFormat detect(String source, InputStream in) throws IOException {
    in.mark(DETECTED);
    byte[] first = in.readNBytes(DETECTED);
    in.reset();
    if (first.length == 0) {
      throw new DataFormatException(source, "the stream is empty");
    }
    if (first.length >= 2 && (first[0] & 0xff) == 0xff && (first[1] & 0xff) == 0xd8) {
      return MJPEG;
    }
    if (new String(first, StandardCharsets.ISO_8859_1).startsWith(Y4mFrames.MAGIC)) {
      return Y4M;
    }
    throw new DataFormatException(
        source,
        "starts neither as JPEG pictures nor as YUV4MPEG2; raw frames need format and size");
  }
}

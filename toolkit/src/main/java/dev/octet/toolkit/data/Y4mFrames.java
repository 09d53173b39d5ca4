// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.data;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/**
 * YUV4MPEG2: a line of parameters (W, H, C, XCOLORRANGE), then for each frame a line {@code FRAME}
 * and its planes. Chroma C420 (all its sitings), C422, C444 or Cmono of 8 bits.
 */
final class Y4mFrames implements FrameStream {
  static final String MAGIC = "YUV4MPEG2 ";
  private static final int MAX_LINE = 256;

  private final String source;
  private final InputStream in;
  private final YuvPlanes planes;
  private int frames;

  Y4mFrames(String source, InputStream in) throws IOException {
    this.source = source;
    this.in = in;
    String header = line();
    if (header == null || !header.startsWith(MAGIC)) {
      throw new DataFormatException(source, "does not start with " + MAGIC.strip());
    }
    int h = 0;
    int w = 0;
    String chroma = "420";
    boolean full = false;
    for (String parameter : header.substring(MAGIC.length()).split(" ")) {
      if (parameter.startsWith("W")) {
        w = size(parameter);
      } else if (parameter.startsWith("H")) {
        h = size(parameter);
      } else if (parameter.startsWith("C")) {
        chroma = parameter.substring(1);
      } else if (parameter.equals("XCOLORRANGE=FULL")) {
        full = true;
      }
    }
    if (h == 0 || w == 0 || (long) h * w > FrameFormat.MAX_PIXELS) {
      throw new DataFormatException(source, "frames of " + h + " x " + w + " pixels");
    }
    planes = planes(chroma, h, w, full);
  }

  private YuvPlanes planes(String chroma, int h, int w, boolean full) throws IOException {
    return switch (chroma) {
      case "420", "420jpeg", "420mpeg2", "420paldv" -> new YuvPlanes(h, w, 2, 2, full);
      case "422" -> new YuvPlanes(h, w, 1, 2, full);
      case "444" -> new YuvPlanes(h, w, 1, 1, full);
      case "mono" -> new YuvPlanes(h, w, 0, 0, full);
      default ->
          throw new DataFormatException(
              source, "chroma " + chroma + " is not 420, 422, 444 or mono of 8 bits");
    };
  }

  private int size(String parameter) throws IOException {
    try {
      return Integer.parseInt(parameter.substring(1));
    } catch (NumberFormatException e) {
      throw new DataFormatException(source, "'" + parameter + "' is no size", e);
    }
  }

  @Override
  public Frame next() throws IOException {
    String header = line();
    if (header == null) {
      return null;
    }
    frames++;
    if (!header.equals("FRAME") && !header.startsWith("FRAME ")) {
      throw new DataFormatException(source, "no FRAME where frame " + frames + " should start");
    }
    byte[] bytes = in.readNBytes(planes.bytes());
    return bytes.length < planes.bytes() ? null : () -> planes.picture(bytes);
  }

  /** A line without its end, or null at the end of the stream. */
  private String line() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int next = in.read(); next != '\n'; next = in.read()) {
      if (next < 0) {
        return null;
      }
      if (line.size() == MAX_LINE) {
        throw new DataFormatException(source, "a header of more than " + MAX_LINE + " bytes");
      }
      line.write(next);
    }
    return line.toString(StandardCharsets.ISO_8859_1);
  }
}

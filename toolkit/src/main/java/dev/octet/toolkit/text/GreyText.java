// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.text;

import dev.octet.toolkit.data.Picture;
import java.nio.charset.Charset;
import java.util.ArrayList;
import java.util.List;

/**
 * Shows a grey picture as lines of text, one character for a pixel and the pixel below it, light on
 * dark. No escape sequence is used.
 */
public enum GreyText {
  /** Half blocks of Unicode: a pixel counts as white from {@value #WHITE} of 255. */
  BLOCKS {
    @Override
    char character(float top, float bottom) {
      return "\u0020\u2584\u2580\u2588".charAt((top >= WHITE ? 2 : 0) + (bottom >= WHITE ? 1 : 0));
    }
  },
  /** ASCII: the mean of both pixels on a ramp of ten characters. */
  ASCII {
    @Override
    char character(float top, float bottom) {
      return RAMP.charAt(Math.round((top + bottom) / 2 * (RAMP.length() - 1) / 255));
    }
  };

  private static final int WHITE = 96;
  private static final String RAMP = " .:-=+*#%@";

  abstract char character(float top, float bottom);

  /** Returns {@link #BLOCKS} if {@code charset} has these characters, else {@link #ASCII}. */
  public static GreyText of(Charset charset) {
    return charset.canEncode() && charset.newEncoder().canEncode("\u2584\u2580\u2588")
        ? BLOCKS
        : ASCII;
  }

  /** Returns {@code ceil(h / 2)} lines of {@code w} characters; colours are shown as grey. */
  public List<String> lines(Picture picture) {
    Picture grey = picture.channels(1);
    float[] pixels = grey.pixels();
    List<String> lines = new ArrayList<>();
    for (int y = 0; y < grey.h(); y += 2) {
      StringBuilder line = new StringBuilder(grey.w());
      for (int x = 0; x < grey.w(); x++) {
        float bottom = y + 1 < grey.h() ? pixels[(y + 1) * grey.w() + x] : 0;
        line.append(character(pixels[y * grey.w() + x], bottom));
      }
      lines.add(line.toString());
    }
    return lines;
  }
}

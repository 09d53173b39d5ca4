// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.text;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.octet.toolkit.data.Picture;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class GreyTextTest {
  private static final Picture PICTURE =
      new Picture(3, 4, 1, new float[] {0, 0, 255, 255, 0, 255, 0, 255, 255, 0, 0, 96});

  @Test
  void blocksShowTwoRowsInOneLine() {
    assertEquals(List.of(" \u2584\u2580\u2588", "\u2580  \u2580"), GreyText.BLOCKS.lines(PICTURE));
  }

  @Test
  void asciiShowsTheMeanOfTwoRows() {
    assertEquals(List.of(" ++@", "+  :"), GreyText.ASCII.lines(PICTURE));
  }

  @Test
  void aTerminalWithoutBlocksGetsAscii() {
    assertEquals(GreyText.BLOCKS, GreyText.of(StandardCharsets.UTF_8));
    assertEquals(GreyText.ASCII, GreyText.of(StandardCharsets.US_ASCII));
    assertEquals(GreyText.ASCII, GreyText.of(StandardCharsets.ISO_8859_1));
  }
}

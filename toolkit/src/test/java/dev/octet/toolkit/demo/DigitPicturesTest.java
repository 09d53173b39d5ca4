// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.octet.toolkit.data.Picture;
import dev.octet.toolkit.data.PictureReader;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import org.junit.jupiter.api.Test;

class DigitPicturesTest {
  @Test
  void theShippedPicturesAreTheDrawnOnes() throws IOException {
    List<DigitPictures.DigitPicture> all = DigitPictures.all();
    assertEquals(30, all.size());
    for (DigitPictures.DigitPicture drawn : all) {
      try (InputStream in = DigitPictures.class.getResourceAsStream(drawn.name() + ".png")) {
        assertNotNull(in, drawn.name());
        Picture shipped = PictureReader.read(drawn.name(), in);
        assertEquals(28, shipped.h());
        assertEquals(28, shipped.w());
        assertEquals(1, shipped.c());
        for (int i = 0; i < drawn.pixels().length; i++) {
          assertEquals(drawn.pixels()[i] & 0xff, shipped.pixels()[i], drawn.name());
        }
      }
    }
  }

  @Test
  void aDigitFillsTheBoxAndItsMassIsInTheMiddle() {
    for (DigitPictures.DigitPicture drawn : DigitPictures.all()) {
      double sum = 0;
      double x = 0;
      double y = 0;
      int top = 28;
      int bottom = 0;
      for (int i = 0; i < 28 * 28; i++) {
        int ink = drawn.pixels()[i] & 0xff;
        sum += ink;
        x += ink * (i % 28 + 0.5);
        y += ink * (i / 28 + 0.5);
        top = ink > 0 ? Math.min(top, i / 28) : top;
        bottom = ink > 0 ? Math.max(bottom, i / 28) : bottom;
      }
      assertEquals(14, x / sum, 0.1, drawn.name());
      assertEquals(14, y / sum, 0.1, drawn.name());
      assertTrue(bottom - top >= 18 && bottom - top <= 22, drawn.name() + " " + top + bottom);
    }
  }

  @Test
  void badStrokesAreRefused() {
    assertThrows(IllegalArgumentException.class, () -> Strokes.parse("L 1 2"));
    assertThrows(IllegalArgumentException.class, () -> Strokes.parse("M 1 2 Z"));
    assertThrows(IllegalArgumentException.class, () -> Strokes.parse("M 1 2 C 1 2 3"));
  }
}

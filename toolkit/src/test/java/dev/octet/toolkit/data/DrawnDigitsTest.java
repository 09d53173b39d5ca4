// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.octet.Interpreter;
import dev.octet.Model;
import dev.octet.toolkit.ShippedFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Set;
import org.junit.jupiter.api.Test;

class DrawnDigitsTest {
  @Test
  void theSameSeedDrawsTheSamePicturesAndAnotherOthers() {
    Set<ByteBuffer> seen = new HashSet<>();
    for (long seed : new long[] {1, 2}) {
      Iterator<Sample> again = DataSets.digits(seed, 60).iterator();
      for (Sample sample : DataSets.digits(seed, 60)) {
        Sample same = again.next();
        assertEquals(sample.inputs().get(0).data(), same.inputs().get(0).data());
        assertEquals(sample.label(), same.label());
        seen.add(sample.inputs().get(0).data());
      }
    }
    assertEquals(120, seen.size(), "different pictures");
  }

  @Test
  void theShippedFloatModelReadsNearlyAll() throws IOException {
    DataSet digits = DataSets.digits(7, 500);
    int right = 0;
    try (Model model = Model.load(ShippedFiles.bytes("digits_float.tflite"));
        Interpreter interpreter = model.interpreter()) {
      for (Sample sample : digits) {
        interpreter.input(0).buffer().put(sample.inputs().get(0).data());
        interpreter.run();
        float[] scores = interpreter.output(0).toFloats();
        int best = 0;
        for (int i = 1; i < scores.length; i++) {
          best = scores[i] > scores[best] ? i : best;
        }
        right += best == sample.label() ? 1 : 0;
      }
    }
    // some must be hard, or no model could be seen to be worse than another
    assertTrue(right >= 400 && right < 500, right + " of 500");
  }

  @Test
  void noneAndTooManyAreRefused() {
    assertThrows(IllegalArgumentException.class, () -> DataSets.digits(1, 0));
    assertThrows(IllegalArgumentException.class, () -> DataSets.digits(1, 1_000_001));
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.octet.Interpreter;
import dev.octet.Model;
import dev.octet.Quantization;
import dev.octet.toolkit.ShippedFiles;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class SamplesTest {
  private static Model model(String name) throws IOException {
    return Model.load(ShippedFiles.bytes(name));
  }

  private static Sample sample(float[] values, int... shape) {
    return new Sample("one", List.of(NpyArray.of(values, shape)), -1, null);
  }

  @Test
  void floatsAreCopied() throws IOException {
    float[] values = new float[784];
    for (int i = 0; i < 784; i++) {
      values[i] = i / 7f;
    }
    try (Model model = model("digits_float.tflite");
        Interpreter interpreter = model.interpreter()) {
      Samples.fill(interpreter, sample(values, 28, 28));
      assertArrayEquals(values, interpreter.input(0).toFloats());
      Samples.fill(interpreter, sample(new float[784], 1, 28, 28, 1));
      assertArrayEquals(new float[784], interpreter.input(0).toFloats());
    }
  }

  @Test
  void realsAreQuantizedHalfToEvenAndClamped() throws IOException {
    try (Model model = model("digits_int8.tflite");
        Interpreter interpreter = model.interpreter()) {
      Quantization q = interpreter.input(0).info().quantization().orElseThrow();
      float s = q.scale();
      int z = q.zeroPoint();
      float[] values = new float[784];
      Arrays.fill(values, 3 * s);
      values[0] = 0;
      values[1] = s;
      values[2] = 1e30f;
      values[3] = -1e30f;
      values[4] = Float.NaN;
      values[5] = Float.POSITIVE_INFINITY;
      int at = halfway(values, s);
      Samples.fill(interpreter, sample(values, 1, 28, 28));
      byte[] bytes = interpreter.input(0).toBytes();
      assertEquals(z, bytes[0]);
      assertEquals(z + 1, bytes[1]);
      assertEquals(127, bytes[2]);
      assertEquals(-128, bytes[3]);
      assertEquals(z, bytes[4]);
      assertEquals(127, bytes[5]);
      assertEquals(z + 3, bytes[783]);
      for (int i = 6; i < at; i++) {
        assertEquals((int) Math.rint(values[i] / s) + z, bytes[i]);
        assertEquals(0, (bytes[i] - z) % 2);
      }
    }
  }

  /** Puts numbers whose quotient by {@code scale} is exactly k + 1/2, from index 6 on. */
  private static int halfway(float[] values, float scale) {
    int at = 6;
    for (int k = 0; k < 60; k++) {
      float x = (k + 0.5f) * scale;
      if (x / scale == k + 0.5f) {
        values[at++] = x;
      }
    }
    assertEquals(true, at > 16, "too few halves");
    return at;
  }

  @Test
  void anotherShapeOrTypeOrCountIsRefusedByName() throws IOException {
    try (Model model = model("digits_float.tflite");
        Interpreter interpreter = model.interpreter()) {
      String input = interpreter.input(0).name();
      String shape = Arrays.toString(interpreter.input(0).info().shapeSignature());
      assertEquals(
          "one: has shape [28, 27], the input '" + input + "' takes " + shape,
          refusal(interpreter, sample(new float[756], 28, 27)));
      Sample ints = new Sample("ints", List.of(NpyArray.of(new int[784], 1, 28, 28)), -1, null);
      assertEquals(
          "ints: holds INT32, the input '" + input + "' takes FLOAT32", refusal(interpreter, ints));
      assertEquals(
          "none: is of 0 inputs, the model has 1",
          refusal(interpreter, new Sample("none", List.of(), -1, null)));
    }
  }

  private static String refusal(Interpreter interpreter, Sample sample) {
    return assertThrows(DataFormatException.class, () -> Samples.fill(interpreter, sample))
        .getMessage();
  }
}

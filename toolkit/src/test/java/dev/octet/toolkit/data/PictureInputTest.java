// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.octet.Quantization;
import dev.octet.TensorType;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PictureInputTest {
  private static final Picture GREY = new Picture(1, 4, 1, new float[] {0, 51, 128, 255});
  private static final int[] SHAPE = {1, 1, 4, 1};

  private static Optional<Quantization> quantization(float scale, int zeroPoint) {
    return Optional.of(new Quantization(new float[] {scale}, new int[] {zeroPoint}, 0));
  }

  private static ByteBuffer encode(
      TensorType type, Optional<Quantization> quantization, Normalization normalization) {
    return new PictureInput(type, SHAPE, quantization, Optional.ofNullable(normalization))
        .encode(GREY);
  }

  private static byte[] bytes(int... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return bytes;
  }

  @Test
  void eightBitTensorsTakeThePixels() {
    assertArrayEquals(
        bytes(0, 51, 128, 255),
        encode(TensorType.UINT8, quantization(1 / 128f, 128), null).array());
    assertArrayEquals(
        bytes(-128, -77, 0, 127), encode(TensorType.INT8, quantization(1, -128), null).array());
    assertArrayEquals(
        bytes(-128, -77, 0, 127), encode(TensorType.INT8, Optional.empty(), null).array());
  }

  @Test
  void theirRuleIsTheUsualNormalizationSeenThroughScaleAndZeroPoint() {
    assertArrayEquals(
        encode(TensorType.INT8, quantization(1 / 255f, -128), Normalization.UNIT).array(),
        encode(TensorType.INT8, quantization(1 / 255f, -128), null).array());
    assertArrayEquals(
        encode(TensorType.UINT8, quantization(1 / 127.5f, 127), new Normalization(127, 127.5))
            .array(),
        encode(TensorType.UINT8, quantization(1 / 127.5f, 127), null).array());
  }

  @Test
  void meanAndStdAreQuantizedRoundedHalfToEvenAndClamped() {
    assertArrayEquals(
        bytes(-128, -102, -64, 0),
        encode(TensorType.INT8, quantization(2, -128), new Normalization(0, 1)).array());
    assertArrayEquals(
        bytes(0, 0, 120, 255),
        encode(TensorType.UINT8, quantization(1, 120), new Normalization(128, 0.1)).array());
    assertArrayEquals(
        bytes(0, 51, 128, 255),
        encode(TensorType.UINT8, Optional.empty(), new Normalization(0, 1)).array());
  }

  @Test
  void greyFloatsAreZeroToOneAndColoursMinusOneToOne() {
    ByteBuffer grey = encode(TensorType.FLOAT32, Optional.empty(), null);
    assertEquals(0, grey.getFloat(0));
    assertEquals(0.2f, grey.getFloat(4));
    assertEquals(1, grey.getFloat(12));
    ByteBuffer colour =
        new PictureInput(
                TensorType.FLOAT32, new int[] {1, 1, 4, 3}, Optional.empty(), Optional.empty())
            .encode(GREY);
    assertEquals(4 * 3 * 4, colour.remaining());
    assertEquals(-1, colour.getFloat(8));
    assertEquals(-0.6f, colour.getFloat(12));
    assertEquals(1, colour.getFloat(44));
  }

  @Test
  void widerIntegers() {
    assertEquals(255, encode(TensorType.INT32, Optional.empty(), null).getInt(12));
    assertEquals(255, encode(TensorType.INT64, Optional.empty(), null).getLong(24));
    ByteBuffer quantized = encode(TensorType.INT16, quantization(1 / 32768f, 0), null);
    assertEquals(0, quantized.getShort(0));
    assertEquals(6554, quantized.getShort(2));
    assertEquals(32767, quantized.getShort(6));
  }

  @Test
  void everyShapeOfAPictureIsTaken() {
    for (int[] shape : new int[][] {{1, 1, 4, 1}, {1, 4, 1}, {1, 1, 4}, {1, 4}}) {
      PictureInput input =
          new PictureInput(TensorType.UINT8, shape, Optional.empty(), Optional.empty());
      assertEquals(4, input.encode(GREY).remaining());
    }
  }

  @Test
  void otherShapesAndTypesAreRefusedByName() {
    for (int[] shape : new int[][] {{4}, {2, 8, 8, 1}, {1, 8, 8, 4}, {1, 0, 8, 1}, {3, 4, 5}}) {
      String message =
          assertThrows(
                  IllegalArgumentException.class,
                  () ->
                      new PictureInput(TensorType.UINT8, shape, Optional.empty(), Optional.empty()))
              .getMessage();
      assertTrue(message.contains("takes no single picture"), message);
    }
    PictureInput string =
        new PictureInput(TensorType.STRING, SHAPE, Optional.empty(), Optional.empty());
    assertThrows(IllegalArgumentException.class, () -> string.encode(GREY));
  }

  @Test
  void uselessNormalizationsAreRefused() {
    assertThrows(IllegalArgumentException.class, () -> new Normalization(0, 0));
    assertThrows(IllegalArgumentException.class, () -> new Normalization(Double.NaN, 1));
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.quantize;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.octet.TensorType;
import dev.octet.toolkit.model.EditableTensor;
import dev.octet.toolkit.quantize.WeightQuantization.NearZero;
import java.util.Random;
import org.junit.jupiter.api.Test;

class WeightQuantizationTest {
  @Test
  void perTensorTakesTheGreatestMagnitude() {
    float[] weights = {1, -254, 127, 3};
    WeightQuantization q =
        WeightQuantization.of(
            weights, new int[] {2, 2}, WeightQuantization.PER_TENSOR, 8, NearZero.WIDENED);
    assertArrayEquals(new float[] {2}, q.scales());
    // 0.5 -> 1, 63.5 -> 64, 1.5 -> 2: halves go away from zero
    assertArrayEquals(new byte[] {1, -127, 64, 2}, q.values());
    assertEquals(0, q.parameters().dimension());
  }

  @Test
  void everyAxisHasItsOwnScales() {
    Random random = new Random(3);
    int[] shape = {3, 4, 5};
    float[] weights = new float[60];
    for (int i = 0; i < 60; i++) {
      weights[i] = (float) random.nextGaussian() * (1 + i);
    }
    for (int axis = 0; axis < 3; axis++) {
      WeightQuantization q = WeightQuantization.of(weights, shape, axis, 8, NearZero.WIDENED);
      assertEquals(shape[axis], q.scales().length);
      int[] strides = {20, 5, 1};
      float[] real = q.dequantized(shape);
      boolean[] full = new boolean[shape[axis]];
      for (int i = 0; i < 60; i++) {
        int channel = i / strides[axis] % shape[axis];
        assertEquals(weights[i], real[i], q.scales()[channel] * 0.50001f);
        full[channel] |= Math.abs(q.values()[i]) == 127;
      }
      for (boolean each : full) {
        assertTrue(each, "no weight of a channel reaches 127");
      }
    }
  }

  @Test
  void fourBitsArePackedLowHalfFirst() {
    EditableTensor tensor =
        new EditableTensor("w", TensorType.FLOAT32, 5).floats(new float[] {7, -7, 1, -2, 3});
    WeightQuantization.of(tensor, WeightQuantization.PER_TENSOR, 4, NearZero.WIDENED)
        .applyTo(tensor);
    assertEquals(TensorType.INT4, tensor.type());
    byte[] bytes = new byte[3];
    tensor.data().get(bytes);
    assertArrayEquals(new byte[] {(byte) 0x97, (byte) 0xe1, 3}, bytes);
    assertArrayEquals(new float[] {1}, tensor.quantization().scales());
  }

  @Test
  void nearZeroChannels() {
    assertEquals(3.937008e-9f, WeightQuantization.scale(0, 8, NearZero.WIDENED));
    assertEquals(3.937008e-9f, WeightQuantization.scale(1e-30f, 8, NearZero.WIDENED));
    assertEquals(6e-7f / 127, WeightQuantization.scale(6e-7f, 8, NearZero.WIDENED));
    assertEquals(1, WeightQuantization.scale(0, 8, NearZero.AS_THEY_ARE));
    assertEquals(1e-30f / 127, WeightQuantization.scale(1e-30f, 8, NearZero.AS_THEY_ARE));
    WeightQuantization q =
        WeightQuantization.of(
            new float[] {0, 1e-30f, 5, -5}, new int[] {2, 2}, 0, 8, NearZero.WIDENED);
    assertArrayEquals(new byte[] {0, 0, 127, -127}, q.values());
  }

  @Test
  void weightsWithoutAValueAreRefusedByName() {
    EditableTensor tensor =
        new EditableTensor("w", TensorType.FLOAT32, 2).floats(new float[] {1, Float.NaN});
    String message =
        assertThrows(
                IllegalArgumentException.class,
                () -> WeightQuantization.of(tensor, 0, 8, NearZero.WIDENED))
            .getMessage();
    assertTrue(message.contains("'w'") && message.contains("weight 1 is NaN"), message);
  }

  @Test
  void roundsAsC() {
    assertEquals(0, WeightQuantization.roundHalfAway(0.49999997f));
    assertEquals(-3, WeightQuantization.roundHalfAway(-2.5f));
    assertEquals(8388609, WeightQuantization.roundHalfAway(8388609f));
    assertEquals(-1, WeightQuantization.roundHalfAway(-0.5f));
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.debug;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.octet.TensorType;
import dev.octet.toolkit.calibrate.Range;
import org.junit.jupiter.api.Test;

class NoiseTest {
  @Test
  void sumsOverSamplesGiveTheNumbers() {
    NoiseSums sums = new NoiseSums();
    sums.add(new float[] {3, 4}, new float[] {3.5f, 4}, 2);
    sums.add(new float[] {0, Float.NaN, 12}, new float[] {0, 1, 11}, 3);
    Noise noise = sums.noiseOrNull();
    assertEquals(4, noise.elements());
    assertEquals(10 * Math.log10(169 / 1.25), noise.sqnr(), 1e-9);
    assertEquals(-0.125, noise.mean(), 1e-9);
    assertEquals(Math.sqrt(1.25 / 4), noise.rmse(), 1e-9);
    assertEquals(1, noise.max(), 1e-9);
    double product = 3 * 3.5 + 16 + 132;
    assertEquals(product / Math.sqrt(169 * (12.25 + 16 + 121)), noise.cosine(), 1e-9);
  }

  @Test
  void endsOfTheScale() {
    assertNull(new NoiseSums().noiseOrNull());
    NoiseSums same = new NoiseSums();
    same.add(new float[] {1}, new float[] {1}, 1);
    assertEquals(Double.POSITIVE_INFINITY, same.noiseOrNull().sqnr());
    NoiseSums lost = new NoiseSums();
    lost.add(new float[] {0}, new float[] {1}, 1);
    assertEquals(Double.NEGATIVE_INFINITY, lost.noiseOrNull().sqnr());
    assertEquals(0, lost.noiseOrNull().cosine());
  }

  @Test
  void gridsAreWhatTheQuantizerGives() {
    Grid grid = Grid.fitted(TensorType.INT8, new Range(-1, 3));
    assertEquals(4 / 255f, grid.scale());
    assertEquals(-64, grid.zeroPoint());
    assertEquals(256, grid.levels());
    assertEquals(0, grid.nearest(0));
    assertEquals(grid.greatest(), grid.nearest(99));
    assertEquals(0, grid.level(-99));
    Grid wide = Grid.fitted(TensorType.INT16, new Range(-1, 3));
    assertEquals(0, wide.zeroPoint());
    assertEquals(3 / 32767f, wide.scale());
    Grid unsigned = Grid.fitted(TensorType.UINT8, new Range(-1, 3));
    assertEquals(64, unsigned.zeroPoint());
    assertEquals(0, unsigned.low());
  }
}

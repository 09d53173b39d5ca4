// SPDX-License-Identifier: Apache-2.0
package dev.octet.tflite;

import dev.octet.Quantization;

/**
 * Quantization parameters of a tensor as the file has them, checked: {@code real = scale * (q -
 * zeroPoint)}, per tensor or per index of one dimension.
 *
 * @param min least real value seen in calibration; empty or informative only
 * @param max greatest real value seen in calibration; empty or informative only
 * @param scales empty, one, or one for each index of {@code dimension}; finite and positive
 * @param zeroPoints as many as {@code scales}, each in the range of the tensor's type; an absent
 *     vector was read as zeros
 * @param dimension axis of the scales; 0 when there is at most one
 * @param details a table {@code CustomQuantization}, {@code BlockwiseQuantization} or {@code
 *     MultiAxisQuantization} that stands in the place of the scales, or null
 */
public record TfliteQuantization(
    float[] min, float[] max, float[] scales, int[] zeroPoints, int dimension, Table details) {
  public TfliteQuantization {
    min = min.clone();
    max = max.clone();
    scales = scales.clone();
    zeroPoints = zeroPoints.clone();
  }

  @Override
  public float[] min() {
    return min.clone();
  }

  @Override
  public float[] max() {
    return max.clone();
  }

  @Override
  public float[] scales() {
    return scales.clone();
  }

  @Override
  public int[] zeroPoints() {
    return zeroPoints.clone();
  }

  /** Scales and zero points, or null where there are none or {@link #details} replace them. */
  public Quantization affine() {
    return scales.length == 0 || details != null
        ? null
        : new Quantization(scales, zeroPoints, dimension);
  }

  @Override
  public String toString() {
    Quantization affine = affine();
    return affine != null ? affine.toString() : details != null ? details.name() : "no scale";
  }
}

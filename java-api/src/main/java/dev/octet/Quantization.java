// SPDX-License-Identifier: Apache-2.0
package dev.octet;

/**
 * Affine quantization of a tensor: {@code real = scale[c] * (q - zeroPoint[c])}, where {@code c} is
 * the index along {@code dimension}, or 0 when there is a single scale.
 *
 * @param scales one finite, positive number for the whole tensor, or one for each index of {@code
 *     dimension}
 * @param zeroPoints as many as {@code scales}
 * @param dimension the axis of per-axis quantization; 0 when there is one scale
 */
public record Quantization(float[] scales, int[] zeroPoints, int dimension) {
  public Quantization {
    if (scales.length == 0 || scales.length != zeroPoints.length) {
      throw new IllegalArgumentException(
          scales.length + " scales and " + zeroPoints.length + " zero points");
    }
    scales = scales.clone();
    zeroPoints = zeroPoints.clone();
  }

  @Override
  public float[] scales() {
    return scales.clone();
  }

  @Override
  public int[] zeroPoints() {
    return zeroPoints.clone();
  }

  /** True when every index of {@link #dimension} has a scale of its own. */
  public boolean perAxis() {
    return scales.length > 1;
  }

  /** Number of scales. */
  public int size() {
    return scales.length;
  }

  /** Scale of index {@code c} along {@link #dimension}. */
  public float scale(int c) {
    return scales[scales.length == 1 ? 0 : c];
  }

  /** Zero point of index {@code c} along {@link #dimension}. */
  public int zeroPoint(int c) {
    return zeroPoints[zeroPoints.length == 1 ? 0 : c];
  }

  /** The scale of a tensor that has only one. */
  public float scale() {
    return scales[0];
  }

  /** The zero point of a tensor that has only one. */
  public int zeroPoint() {
    return zeroPoints[0];
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Quantization q
        && dimension == q.dimension
        && java.util.Arrays.equals(scales, q.scales)
        && java.util.Arrays.equals(zeroPoints, q.zeroPoints);
  }

  @Override
  public int hashCode() {
    return 31 * java.util.Arrays.hashCode(scales) + java.util.Arrays.hashCode(zeroPoints);
  }

  @Override
  public String toString() {
    return perAxis()
        ? scales.length + " scales along axis " + dimension
        : "scale " + scales[0] + ", zero point " + zeroPoints[0];
  }
}

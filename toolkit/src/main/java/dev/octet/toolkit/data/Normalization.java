// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.data;

/**
 * How a pixel in [0, 255] becomes the real number that a model was trained on: {@code real = (pixel
 * - mean) / std}.
 */
public record Normalization(double mean, double std) {
  /** [0, 255] to [0, 1]. */
  public static final Normalization UNIT = new Normalization(0, 255);

  /** [0, 255] to [-1, 1]. */
  public static final Normalization SIGNED = new Normalization(127.5, 127.5);

  /**
   * @throws IllegalArgumentException if a number is not finite or {@code std} is not positive
   */
  public Normalization {
    if (!Double.isFinite(mean) || !Double.isFinite(std) || std <= 0) {
      throw new IllegalArgumentException("mean " + mean + " and std " + std + " cannot be used");
    }
  }

  /** Returns {@code (pixel - mean) / std}. */
  public double real(double pixel) {
    return (pixel - mean) / std;
  }
}

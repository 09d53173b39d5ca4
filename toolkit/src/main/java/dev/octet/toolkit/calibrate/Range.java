// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.calibrate;

/**
 * The range of real numbers that a tensor's quantized type is to represent.
 *
 * @param min finite, at most {@code max}
 * @param max finite
 */
public record Range(float min, float max) {
  public Range {
    if (!(min <= max) || Float.isInfinite(min) || Float.isInfinite(max)) {
      throw new IllegalArgumentException("no range: " + min + " to " + max);
    }
  }

  /** The smallest range that holds both. */
  public Range union(Range other) {
    return new Range(Math.min(min, other.min), Math.max(max, other.max));
  }
}

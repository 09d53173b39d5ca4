// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.debug;

import dev.octet.toolkit.calibrate.Range;

/**
 * How the float model's numbers fit into the range of the quantized tensor that stands for them.
 *
 * @param type of the quantized tensor, such as INT8
 * @param least the least number that it can hold
 * @param greatest the greatest
 * @param step between two numbers that it can hold: its scale
 * @param levels how many it can hold
 * @param used how many of them are nearest to some number
 * @param seen from the least to the greatest finite number
 * @param clippedLow share of the numbers that are more than half a step below {@code least}
 * @param clippedHigh share of those more than half a step above {@code greatest}
 * @param rounding noise in dB below the numbers' power, of rounding them to the tensor's: SQNR
 * @param best the same for the best range that these numbers could have, of from the least to the
 *     greatest number and {@link dev.octet.toolkit.calibrate.CalibrationMethod#mse}
 * @param fitted that range
 */
public record RangeUse(
    String type,
    double least,
    double greatest,
    double step,
    int levels,
    int used,
    Range seen,
    double clippedLow,
    double clippedHigh,
    double rounding,
    double best,
    Range fitted) {
  /** Share of the numbers that are clipped on either side. */
  public double clipped() {
    return clippedLow + clippedHigh;
  }

  /** Part of the representable range that numbers reach, 0 taken into both; more than 1 clips. */
  public double part() {
    double wide = greatest - least;
    return (Math.max(0, seen.max()) - Math.min(0, seen.min())) / wide;
  }

  /** {@code log2} of the levels that are used. */
  public double bits() {
    return Math.log(Math.max(1, used)) / Math.log(2);
  }

  /** What a better range would win, in dB; at least 0. */
  public double avoidable() {
    return Double.isFinite(best - rounding) ? Math.max(0, best - rounding) : 0;
  }
}

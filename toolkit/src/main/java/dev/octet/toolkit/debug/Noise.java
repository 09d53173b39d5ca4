// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.debug;

/**
 * How numbers y' differ from what they should be, y, over all elements of all samples; elements
 * that are not finite on both sides are left out.
 *
 * @param elements that were compared
 * @param sqnr {@code 10 log10(sum y^2 / sum (y' - y)^2)} in dB: infinite where nothing differs,
 *     negative infinity where y is 0 everywhere and y' is not
 * @param mean mean of y' - y
 * @param rmse root of the mean of (y' - y)^2
 * @param max greatest |y' - y|
 * @param cosine {@code sum y y' / sqrt(sum y^2 sum y'^2)}, 1 where both are 0 everywhere
 */
public record Noise(
    long elements, double sqnr, double mean, double rmse, double max, double cosine) {
  /** Noise power over signal power, 0 to infinity. */
  public double share() {
    return Math.pow(10, -sqnr / 10);
  }
}

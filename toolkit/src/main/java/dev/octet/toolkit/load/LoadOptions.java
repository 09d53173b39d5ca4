// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.load;

/**
 * A load to put on an engine.
 *
 * @param rate requests in a second, or the share of the capacity where {@code share} holds
 * @param share whether {@code rate} is a share of the capacity that is measured first, such as 0.7
 * @param arrivals how requests are spread over time
 * @param seconds how long requests arrive
 * @param neighbourMegabytes what a neighbour thread allocates in a second; 0 for none
 * @param seed of POISSON
 */
public record LoadOptions(
    double rate,
    boolean share,
    Arrivals.Kind arrivals,
    double seconds,
    double neighbourMegabytes,
    long seed) {
  public LoadOptions {
    if (!(rate > 0 && rate <= 1e9)) {
      throw new IllegalArgumentException("a load of " + rate + " is not in (0, 1e9]");
    }
    if (!(seconds > 0 && seconds <= 86400)) {
      throw new IllegalArgumentException(seconds + " seconds are not in (0, 86400]");
    }
    if (!(neighbourMegabytes >= 0 && neighbourMegabytes <= 1e6)) {
      throw new IllegalArgumentException(neighbourMegabytes + " MB/s are not in [0, 1e6]");
    }
  }

  /**
   * Reads {@code 500}, requests in a second, or {@code 70%} of the capacity.
   *
   * @throws IllegalArgumentException for anything else
   */
  public LoadOptions withRate(String text) {
    boolean percent = text.endsWith("%");
    try {
      double number = Double.parseDouble(percent ? text.substring(0, text.length() - 1) : text);
      return new LoadOptions(
          percent ? number / 100 : number, percent, arrivals, seconds, neighbourMegabytes, seed);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "'" + text + "' is no number of requests/s and no percentage such as 70%", e);
    }
  }
}

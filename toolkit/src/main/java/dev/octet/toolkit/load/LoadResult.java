// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.load;

import org.HdrHistogram.Histogram;

/**
 * What came of a load.
 *
 * @param capacity requests in a second that all workers did together, one after the other
 * @param intended requests in a second that arrived
 * @param achieved requests in a second that were answered
 * @param answered how many were
 * @param unanswered how many were still waiting when as much time again had passed; their latency
 *     is not known and not in the histogram
 * @param latencies nanoseconds from when a request was due to its answer
 * @param collections garbage collections meanwhile
 * @param collectionMillis time that they took
 */
public record LoadResult(
    double capacity,
    double intended,
    double achieved,
    long answered,
    long unanswered,
    Histogram latencies,
    long collections,
    long collectionMillis) {
  /**
   * Microseconds that so many percent of the answers did not exceed.
   *
   * @param percent 0 to 100
   */
  public double micros(double percent) {
    return latencies.getValueAtPercentile(percent) / 1e3;
  }
}

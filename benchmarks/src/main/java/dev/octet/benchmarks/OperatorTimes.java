// SPDX-License-Identifier: Apache-2.0
package dev.octet.benchmarks;

/**
 * The times of an operator.
 *
 * @param refusal why there are none, or null
 */
record OperatorTimes(String title, Samples octet, Samples peer, String refusal) {
  /** Octet's shortest time in parts of the peer's. */
  double ratio() {
    return octet.minimum() / peer.minimum();
  }
}

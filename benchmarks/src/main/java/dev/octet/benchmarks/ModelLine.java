// SPDX-License-Identifier: Apache-2.0
package dev.octet.benchmarks;

/**
 * A model of the list of all, by one thread and by two, least times in microseconds.
 *
 * @param refusal why it was not compared, or null
 */
record ModelLine(
    String model,
    double octet,
    double peer,
    double octetTwo,
    double peerTwo,
    String outputs,
    String refusal) {
  static ModelLine of(String model, Comparison one, Comparison two) {
    String refusal = one.refusal != null ? one.refusal : two.refusal;
    if (refusal != null) {
      double none = Double.NaN;
      return new ModelLine(model, none, none, none, none, "", refusal);
    }
    return new ModelLine(
        model,
        one.octetTimes().minimum(),
        one.peerTimes().minimum(),
        two.octetTimes().minimum(),
        two.peerTimes().minimum(),
        ComparisonReport.outputs(one),
        null);
  }

  boolean compared() {
    return refusal == null;
  }

  double ratio() {
    return peer / octet;
  }

  double ratioTwo() {
    return peerTwo / octetTwo;
  }

  /** As it is shown, with two digits. */
  boolean slower() {
    return Math.round(100 * ratio()) < 100;
  }

  /** Two threads gain what the peer's gain, or one is as fast as the peer's two. */
  boolean twoReached() {
    return Math.round(100 * octet / octetTwo) >= Math.round(100 * peer / peerTwo)
        || octet <= peerTwo;
  }
}

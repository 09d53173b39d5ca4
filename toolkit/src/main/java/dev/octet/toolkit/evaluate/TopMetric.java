// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.evaluate;

/** See {@link Metrics#top}. */
final class TopMetric implements Metric {
  private final int k;

  TopMetric(int k) {
    if (k < 1) {
      throw new IllegalArgumentException("top " + k + " is nothing");
    }
    this.k = k;
  }

  @Override
  public String name() {
    return "top-" + k;
  }

  @Override
  public boolean higherIsBetter() {
    return true;
  }

  @Override
  public Kind kind() {
    return Kind.SHARE;
  }

  @Override
  public Needs needs() {
    return Needs.CLASS;
  }

  @Override
  public double value(Prediction prediction) {
    return prediction.rank(prediction.label()) < k ? 1 : 0;
  }
}

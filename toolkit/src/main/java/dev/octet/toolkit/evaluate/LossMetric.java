// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.evaluate;

/** See {@link Metrics#loss}. */
final class LossMetric implements Metric {
  private static final double LEAST = 1e-7;

  @Override
  public String name() {
    return "cross-entropy";
  }

  @Override
  public boolean higherIsBetter() {
    return false;
  }

  @Override
  public Needs needs() {
    return Needs.CLASS;
  }

  @Override
  public double value(Prediction prediction) {
    return -Math.log(Math.max(LEAST, prediction.probabilities()[prediction.label()]));
  }
}

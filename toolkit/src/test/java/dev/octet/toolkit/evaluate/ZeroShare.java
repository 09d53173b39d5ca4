// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.evaluate;

/** A user's metric: the share of samples that a model takes for class 0. */
public final class ZeroShare implements Metric {
  @Override
  public String name() {
    return "zeros";
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
  public double value(Prediction prediction) {
    return prediction.predicted() == 0 ? 1 : 0;
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.evaluate;

/** Errors of a regression, see {@link Metrics}. */
record ErrorMetric(String name, Form form) implements Metric {
  enum Form {
    SQUARE,
    ABSOLUTE,
    ROOT
  }

  @Override
  public boolean higherIsBetter() {
    return false;
  }

  @Override
  public Needs needs() {
    return Needs.TARGET;
  }

  @Override
  public double value(Prediction prediction) {
    double[] output = prediction.output(0);
    float[] target = prediction.target();
    double sum = 0;
    for (int i = 0; i < output.length; i++) {
      double error = output[i] - target[i];
      sum += form == Form.ABSOLUTE ? Math.abs(error) : error * error;
    }
    return sum / output.length;
  }

  @Override
  public double overall(double[] values, int[] labels) {
    double mean = Metric.super.overall(values, labels);
    return form == Form.ROOT ? Math.sqrt(mean) : mean;
  }
}

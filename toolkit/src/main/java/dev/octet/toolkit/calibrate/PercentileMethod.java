// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.calibrate;

/** {@link CalibrationMethod#percentile(double)}. */
record PercentileMethod(double percent) implements CalibrationMethod {
  PercentileMethod {
    if (!(percent > 50 && percent <= 100)) {
      throw new IllegalArgumentException("percentile is " + percent + ", not more than 50 to 100");
    }
  }

  @Override
  public Range range(TensorStatistics tensor, int bits) {
    double share = percent / 100;
    float low = tensor.min() >= 0 ? tensor.min() : tensor.quantile(1 - share);
    float high = tensor.max() <= 0 ? tensor.max() : tensor.quantile(share);
    // a range is extended to zero, so what counts is what it has besides
    boolean nothing = low >= 0 && high <= 0;
    return nothing ? new Range(tensor.min(), tensor.max()) : new Range(low, high);
  }

  @Override
  public String toString() {
    return "percentile:" + percent;
  }
}

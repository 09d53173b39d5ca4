// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.calibrate;

/** {@link CalibrationMethod#minMax}. */
record MinMaxMethod() implements CalibrationMethod {
  @Override
  public Range range(TensorStatistics tensor, int bits) {
    return new Range(tensor.min(), tensor.max());
  }

  @Override
  public String toString() {
    return "min-max";
  }
}

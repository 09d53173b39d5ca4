// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.calibrate;

/** {@link CalibrationMethod#movingAverage(double)}. */
record MovingAverageMethod(double smoothing) implements CalibrationMethod {
  MovingAverageMethod {
    if (!(smoothing >= 0 && smoothing < 1)) {
      throw new IllegalArgumentException("smoothing is " + smoothing + ", not 0 to less than 1");
    }
  }

  @Override
  public Range range(TensorStatistics tensor, int bits) {
    return new Range(average(tensor.sampleMin()), average(tensor.sampleMax()));
  }

  private float average(float[] samples) {
    float old = (float) smoothing;
    float fresh = (float) (1 - smoothing);
    float average = Float.NaN;
    for (float sample : samples) {
      if (!Float.isNaN(sample)) {
        average = Float.isNaN(average) ? sample : old * average + fresh * sample;
      }
    }
    return average;
  }

  @Override
  public String toString() {
    return "moving-average:" + smoothing;
  }
}

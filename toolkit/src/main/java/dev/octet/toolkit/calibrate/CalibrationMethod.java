// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.calibrate;

import java.util.Locale;

/**
 * How the range of a tensor follows from what it held. All methods but {@link #minMax} and {@link
 * #movingAverage} may clip: what lies outside the range becomes the nearest number in it. A range
 * is never empty unless the tensor held one number only, and where all numbers have one sign, the
 * end that is nearer to zero stays: it costs nothing, for a quantized range is extended to zero.
 */
public interface CalibrationMethod {
  /**
   * The range.
   *
   * @param tensor of which {@link TensorStatistics#count} is not 0
   * @param bits of the quantized numbers, 8 (asymmetric) or 16 (symmetric)
   */
  Range range(TensorStatistics tensor, int bits);

  /** From the least to the greatest number seen: TensorFlow's rule. */
  static CalibrationMethod minMax() {
    return new MinMaxMethod();
  }

  /** {@link #movingAverage(double)} with 0.95, ai-edge-quantizer's rule. */
  static CalibrationMethod movingAverage() {
    return movingAverage(0.95);
  }

  /**
   * Averages over the samples in order, of each sample's least and greatest number: {@code average
   * = smoothing * average + (1 - smoothing) * sample} in float32, beginning with the first sample.
   *
   * @param smoothing 0 to less than 1
   */
  static CalibrationMethod movingAverage(double smoothing) {
    return new MovingAverageMethod(smoothing);
  }

  /** {@link #percentile(double)} with 99.99. */
  static CalibrationMethod percentile() {
    return percentile(99.99);
  }

  /**
   * The numbers that {@code percent} of all are not greater, and not less, than. A tensor of which
   * that leaves nothing but zeros gets its whole range.
   *
   * @param percent more than 50, to 100
   */
  static CalibrationMethod percentile(double percent) {
    return new PercentileMethod(percent);
  }

  /**
   * The range with the least mean squared difference between the numbers and what they become,
   * clipping and rounding together.
   */
  static CalibrationMethod mse() {
    return new SquaredErrorMethod();
  }

  /**
   * The range whose quantized numbers are distributed most like the numbers themselves (least
   * Kullback-Leibler divergence), by the algorithm that NVIDIA published for TensorRT (S. Migacz,
   * "8-bit Inference with TensorRT", GTC 2017): magnitudes in 2048 bins, 128 quantized levels, 256
   * for a tensor of one sign. Zeros, which are exact in every range, do not count. With 16 bits
   * there are more levels than bins, and the range is the whole one.
   */
  static CalibrationMethod entropy() {
    return new EntropyMethod();
  }

  /**
   * The method of that name: {@code min-max}, {@code moving-average}, {@code percentile}, {@code
   * mse}, {@code entropy}; {@code moving-average:0.9} and {@code percentile:99.9} set the number.
   *
   * @throws IllegalArgumentException naming the methods that there are
   */
  static CalibrationMethod named(String name) {
    String[] parts = name.toLowerCase(Locale.ROOT).split(":", 2);
    try {
      double number = parts.length == 2 ? Double.parseDouble(parts[1]) : Double.NaN;
      boolean plain = parts.length == 1;
      switch (parts[0]) {
        case "moving-average":
          return plain ? movingAverage() : movingAverage(number);
        case "percentile":
          return plain ? percentile() : percentile(number);
        case "min-max":
          return plain ? minMax() : unknown(name, null);
        case "mse":
          return plain ? mse() : unknown(name, null);
        case "entropy":
          return plain ? entropy() : unknown(name, null);
        default:
          return unknown(name, null);
      }
    } catch (NumberFormatException e) {
      return unknown(name, e);
    }
  }

  private static CalibrationMethod unknown(String name, NumberFormatException cause) {
    throw new IllegalArgumentException(
        "no calibration method '"
            + name
            + "', only min-max, moving-average[:SMOOTHING], percentile[:PERCENT], mse, entropy",
        cause);
  }
}

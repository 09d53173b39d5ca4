// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.calibrate;

/** How the range of a tensor follows from what it held. */
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
    return (tensor, bits) -> new Range(tensor.min(), tensor.max());
  }
}

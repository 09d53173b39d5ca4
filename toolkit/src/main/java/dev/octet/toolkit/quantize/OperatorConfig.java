// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.quantize;

/**
 * What becomes of one operator.
 *
 * @param compute how it will compute
 * @param weightBits 8 or 4
 * @param perChannel a scale for each output channel, where the operator can have them
 * @param minWeightElements smaller weights stay as they are (DYNAMIC and WEIGHT_ONLY)
 */
public record OperatorConfig(
    Compute compute, int weightBits, boolean perChannel, int minWeightElements) {
  /** TensorFlow's converter leaves smaller weights alone. */
  public static final int DEFAULT_MIN_WEIGHT_ELEMENTS = 1024;

  public OperatorConfig {
    if (weightBits != 8 && weightBits != 4) {
      throw new IllegalArgumentException("weights have 8 or 4 bits, not " + weightBits);
    }
  }

  /** 8 bits, per channel, TensorFlow's least size. */
  public static OperatorConfig of(Compute compute) {
    return new OperatorConfig(compute, 8, true, DEFAULT_MIN_WEIGHT_ELEMENTS);
  }
}

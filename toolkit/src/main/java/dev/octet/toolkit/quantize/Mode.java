// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.quantize;

import java.util.Locale;

/** What a quantizer makes of a model where a {@link Recipe} says nothing else. */
public enum Mode {
  /** int8 weights; activations stay float32 and are quantized by the kernels at each run. */
  DYNAMIC(Compute.DYNAMIC),
  /** Constants as float16, computed in float32. */
  FLOAT16(Compute.FLOAT16),
  /** int8 weights, activations and arithmetic. */
  INT8(Compute.INT8),
  /** int8 weights, int16 activations. */
  INT16X8(Compute.INT16X8),
  /** int8 or int4 weights that become float32 before they are used. */
  WEIGHT_ONLY(Compute.WEIGHT_ONLY);

  private final Compute compute;

  Mode(Compute compute) {
    this.compute = compute;
  }

  /** What the operators do. */
  public Compute compute() {
    return compute;
  }

  /** True for those that need ranges of activations. */
  public boolean integer() {
    return this == INT8 || this == INT16X8;
  }

  /** The name on command lines and in reports: {@code weight-only}. */
  public String words() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  @Override
  public String toString() {
    return words();
  }
}

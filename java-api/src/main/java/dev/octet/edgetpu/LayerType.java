// SPDX-License-Identifier: Apache-2.0
package dev.octet.edgetpu;

import dev.octet.TensorType;

/**
 * Elements of a {@link DeviceLayer}. The Edge TPU's runtime demands a tensor of the type beside it,
 * and takes none for {@link #BFLOAT}.
 */
public enum LayerType {
  FIXED_POINT8(0, TensorType.UINT8),
  FIXED_POINT16(1, TensorType.INT16),
  SIGNED_FIXED_POINT32(2, TensorType.INT32),
  BFLOAT(3, TensorType.BFLOAT16),
  HALF(4, TensorType.FLOAT16),
  SINGLE(5, TensorType.FLOAT32),
  SIGNED_FIXED_POINT8(8, TensorType.INT8),
  SIGNED_FIXED_POINT16(9, TensorType.INT16);

  private final int code;
  private final TensorType tensorType;

  LayerType(int code, TensorType tensorType) {
    this.code = code;
    this.tensorType = tensorType;
  }

  /** The code in a package. */
  public int code() {
    return code;
  }

  /** The type of the model's tensor. */
  public TensorType tensorType() {
    return tensorType;
  }

  /** The type of a code, or null for an unknown one. */
  static LayerType of(int code) {
    for (LayerType type : values()) {
      if (type.code == code) {
        return type;
      }
    }
    return null;
  }

  /** The type, signed where there are two, that takes a tensor of that type, or null for none. */
  public static LayerType of(TensorType type) {
    LayerType found = null;
    for (LayerType each : values()) {
      found = each.tensorType == type ? each : found;
    }
    return found;
  }
}

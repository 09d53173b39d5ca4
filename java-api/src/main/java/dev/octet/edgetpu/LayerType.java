// SPDX-License-Identifier: Apache-2.0
package dev.octet.edgetpu;

import dev.octet.TensorType;

/**
 * Elements of a {@link DeviceLayer}. The Edge TPU's runtime demands a tensor of exactly the type
 * beside it.
 */
public enum LayerType {
  FIXED_POINT8(0, TensorType.UINT8),
  FIXED_POINT16(1, TensorType.UINT16),
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

  /** The type that a tensor of that type is given to, or null for none. */
  public static LayerType of(TensorType type) {
    for (LayerType each : values()) {
      if (each.tensorType == type) {
        return each;
      }
    }
    return null;
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.octet;

/** Element types by TensorFlow Lite's names and codes. */
public enum TensorType {
  FLOAT32(0, 32),
  FLOAT16(1, 16),
  INT32(2, 32),
  UINT8(3, 8),
  INT64(4, 64),
  STRING(5, 0),
  BOOL(6, 8),
  INT16(7, 16),
  COMPLEX64(8, 64),
  INT8(9, 8),
  FLOAT64(10, 64),
  COMPLEX128(11, 128),
  UINT64(12, 64),
  RESOURCE(13, 0),
  VARIANT(14, 0),
  UINT32(15, 32),
  UINT16(16, 16),
  INT4(17, 4),
  BFLOAT16(18, 16);

  private static final TensorType[] BY_CODE = values();
  private final int code;
  private final int bits;

  TensorType(int code, int bits) {
    this.code = code;
    this.bits = bits;
  }

  /** The code in a model file. */
  public int code() {
    return code;
  }

  /** Bits of an element; 0 for types without a fixed size. */
  public int bits() {
    return bits;
  }

  /** Bytes of an element; 0 for types without a fixed size and for those smaller than a byte. */
  public int bytes() {
    return bits / 8;
  }

  /** The type of a code, or null for an unknown one. */
  public static TensorType of(int code) {
    return code >= 0 && code < BY_CODE.length ? BY_CODE[code] : null;
  }
}

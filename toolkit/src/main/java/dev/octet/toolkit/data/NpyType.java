// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.data;

/** The element types of .npy files that have a TensorFlow Lite type of the same layout. */
public enum NpyType {
  BOOL("b1", 1),
  INT8("i1", 1),
  UINT8("u1", 1),
  INT16("i2", 2),
  UINT16("u2", 2),
  INT32("i4", 4),
  UINT32("u4", 4),
  INT64("i8", 8),
  UINT64("u8", 8),
  FLOAT16("f2", 2),
  FLOAT32("f4", 4),
  FLOAT64("f8", 8);

  private final String code;
  private final int bytes;

  NpyType(String code, int bytes) {
    this.code = code;
    this.bytes = bytes;
  }

  /** Returns NumPy's kind and size, such as {@code f4}. */
  public String code() {
    return code;
  }

  /** Returns the size of an element in bytes. */
  public int bytes() {
    return bytes;
  }

  /** Returns the whole {@code descr} of a header, such as {@code <f4} or {@code |i1}. */
  String descr() {
    return (bytes == 1 ? "|" : "<") + code;
  }
}

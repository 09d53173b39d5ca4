// SPDX-License-Identifier: Apache-2.0
package dev.octet.tflite;

import java.util.Locale;

/** How a field, or an element of a vector, lies in a FlatBuffer. */
enum Wire {
  BOOL(1),
  I8(1),
  U8(1),
  I16(2),
  U16(2),
  I32(4),
  U32(4),
  I64(8),
  U64(8),
  F32(4),
  /** A pair of i32 side by side, in vectors only; in Java two elements of an int[]. */
  RANGE(8),
  STRING(4),
  /** A string of bytes, in vectors only. */
  BLOB(4),
  TABLE(4),
  UNION(4);

  /** Bytes; of an offset for the last four. */
  final int bytes;

  Wire(int bytes) {
    this.bytes = bytes;
  }

  /** What the place is a multiple of. */
  int alignment() {
    return this == RANGE ? 4 : bytes;
  }

  /** The wire type of a schema word such as {@code i32}, or null when it names something else. */
  static Wire of(String word) {
    if (word.equals(Schema.SUBGRAPH)) {
      return I32;
    }
    for (Wire wire : values()) {
      if (wire.name().toLowerCase(Locale.ROOT).equals(word)) {
        return wire;
      }
    }
    return null;
  }

  /** The value of a schema default; the empty word is 0, false, or absent. */
  Object parse(String word) {
    String number = word.isEmpty() ? "0" : word;
    switch (this) {
      case BOOL:
        return Boolean.valueOf(word);
      case I8:
      case U8:
      case I16:
      case U16:
      case I32:
      case U32:
        return Integer.valueOf(number);
      case I64:
      case U64:
        return Long.valueOf(number);
      case F32:
        return Float.valueOf(number);
      default:
        return null;
    }
  }
}

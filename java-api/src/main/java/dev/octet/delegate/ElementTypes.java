// SPDX-License-Identifier: Apache-2.0
package dev.octet.delegate;

import dev.octet.TensorType;

/** TensorFlow Lite's numbers of element types in C, which are not those in a model file. */
final class ElementTypes {
  private ElementTypes() {}

  /** The number of a type. */
  static int number(TensorType type) {
    return switch (type) {
      case FLOAT32 -> 1;
      case INT32 -> 2;
      case UINT8 -> 3;
      case INT64 -> 4;
      case STRING -> 5;
      case BOOL -> 6;
      case INT16 -> 7;
      case COMPLEX64 -> 8;
      case INT8 -> 9;
      case FLOAT16 -> 10;
      case FLOAT64 -> 11;
      case COMPLEX128 -> 12;
      case UINT64 -> 13;
      case RESOURCE -> 14;
      case VARIANT -> 15;
      case UINT32 -> 16;
      case UINT16 -> 17;
      case INT4 -> 18;
      case BFLOAT16 -> 19;
    };
  }

  /** The number of a type by its code in a model file; 0 for none that is known. */
  static int number(int code) {
    TensorType type = TensorType.of(code);
    return type == null ? 0 : number(type);
  }
}

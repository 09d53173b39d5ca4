// SPDX-License-Identifier: Apache-2.0
package dev.octet.differential.cases;

import dev.octet.TensorType;
import java.util.ArrayList;
import java.util.List;

/** The words of {@code OpSpec.types} for types of elements. */
final class Kinds {
  private Kinds() {}

  /** The word of a type. */
  static String of(TensorType type) {
    return switch (type) {
      case BFLOAT16 -> "bf16";
      case BOOL -> "bool";
      case STRING -> "str";
      case COMPLEX64 -> "c64";
      case COMPLEX128 -> "c128";
      case FLOAT16, FLOAT32, FLOAT64 -> "f" + type.bits();
      case UINT8, UINT16, UINT32, UINT64 -> "u" + type.bits();
      default -> "i" + type.bits();
    };
  }

  /** The types of words that are separated by spaces. */
  static List<TensorType> types(String words) {
    List<TensorType> types = new ArrayList<>();
    for (String word : words.split(" ")) {
      for (TensorType type : TensorType.values()) {
        if (of(type).equals(word)) {
          types.add(type);
        }
      }
    }
    return types;
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.octet.ops;

import dev.octet.TensorType;
import java.util.List;

/** Element types by the words of {@link OpSpec#types()}. */
final class TypeNames {
  private TypeNames() {}

  static TensorType[] types(List<String> names) {
    return names.stream().map(TypeNames::type).toArray(TensorType[]::new);
  }

  private static TensorType type(String name) {
    return switch (name) {
      case "f32" -> TensorType.FLOAT32;
      case "f16" -> TensorType.FLOAT16;
      case "bf16" -> TensorType.BFLOAT16;
      case "f64" -> TensorType.FLOAT64;
      case "i4" -> TensorType.INT4;
      case "i8" -> TensorType.INT8;
      case "u8" -> TensorType.UINT8;
      case "i16" -> TensorType.INT16;
      case "u16" -> TensorType.UINT16;
      case "i32" -> TensorType.INT32;
      case "u32" -> TensorType.UINT32;
      case "i64" -> TensorType.INT64;
      case "u64" -> TensorType.UINT64;
      case "bool" -> TensorType.BOOL;
      case "str" -> TensorType.STRING;
      case "c64" -> TensorType.COMPLEX64;
      case "c128" -> TensorType.COMPLEX128;
      default -> throw new IllegalArgumentException(name + " is no element type");
    };
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.octet.tflite;

import java.util.List;

/**
 * One field of a table.
 *
 * @param name the format's name
 * @param slot number in the vtable; of the value for a union, whose type is the number before
 * @param wire how the field, or an element of the vector, is stored
 * @param vector true for a vector of {@code wire}
 * @param tables the table's name, or a union's members from type 1 on
 * @param constants the enumeration of a byte, or null
 * @param absent the value when the field is not in the file; null for all but scalars
 * @param subgraph true for the index of a subgraph that the operator runs
 */
record Field(
    String name,
    int slot,
    Wire wire,
    boolean vector,
    List<String> tables,
    Class<? extends Enum<?>> constants,
    Object absent,
    boolean subgraph) {

  /** True for a vector of bytes, which is a slice of the file, never copied. */
  boolean isBytes() {
    return vector && wire == Wire.U8;
  }

  /** Bytes in the table: the scalar's, or the offset's. */
  int inlineBytes() {
    return vector ? 4 : wire.bytes;
  }

  /** The Java class that holds a value of this field. */
  Class<?> javaType() {
    if (isBytes()) {
      return java.nio.ByteBuffer.class;
    }
    switch (wire) {
      case BOOL:
        return vector ? boolean[].class : Boolean.class;
      case I8:
      case U8:
      case I16:
      case U16:
      case I32:
      case U32:
        return vector ? int[].class : Integer.class;
      case I64:
      case U64:
        return vector ? long[].class : Long.class;
      case F32:
        return vector ? float[].class : Float.class;
      case RANGE:
        return int[].class;
      case STRING:
        return vector ? List.class : String.class;
      default:
        return vector ? List.class : Table.class;
    }
  }
}

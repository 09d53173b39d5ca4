// SPDX-License-Identifier: Apache-2.0
package dev.octet.tflite;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A table of the schema: its name and its fields in the order of their numbers. */
final class TableType {
  private final Schema schema;
  private final String name;
  private final List<Field> fields;
  private final Map<String, Integer> positions = new HashMap<>();

  TableType(Schema schema, String name, List<Field> fields) {
    this.schema = schema;
    this.name = name;
    this.fields = List.copyOf(fields);
    for (int i = 0; i < fields.size(); i++) {
      positions.put(fields.get(i).name(), i);
    }
  }

  Schema schema() {
    return schema;
  }

  String name() {
    return name;
  }

  List<Field> fields() {
    return fields;
  }

  /** Number of vtable entries that the schema knows. */
  int slots() {
    return fields.isEmpty() ? 0 : fields.get(fields.size() - 1).slot() + 1;
  }

  @Override
  public String toString() {
    return name;
  }

  /** Position in {@link #fields} of a field. */
  int position(String field) {
    Integer position = positions.get(field);
    if (position == null) {
      throw new IllegalArgumentException("table " + name + " has no field '" + field + "'");
    }
    return position;
  }
}

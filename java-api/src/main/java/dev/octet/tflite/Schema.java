// SPDX-License-Identifier: Apache-2.0
package dev.octet.tflite;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One format of FlatBuffers, from which both {@link FlatBufferReader} and {@link FlatBufferWriter}
 * work: {@link TfliteSchema} or another.
 *
 * <p>One line a table: its name, then its fields in the order of their numbers. A field is {@code
 * name:type} or {@code name:type=default}; a default that is not given is 0, false or absent. A
 * union takes two numbers: its type's and its value's. {@code subgraph} is an i32, the index of a
 * subgraph that the operator runs. {@code [range]} is a vector of pairs of i32, {@code [blob]} one
 * of strings that hold bytes, not text.
 */
public final class Schema {
  static final String SUBGRAPH = "subgraph";

  private final String what;
  private final String noun;
  private final String root;
  private final String identifier;
  private final Map<String, List<String>> unions;
  private final List<Class<? extends Enum<?>>> enums;
  private final Map<String, TableType> types;

  /**
   * Reads the lines.
   *
   * @param what the format, for messages, such as {@code TensorFlow Lite model}
   * @param noun what holds it, for messages: a file, a package
   * @param root the table that stands behind the identifier; any other may be the root of a
   *     FlatBuffer without one
   * @param identifier four letters
   * @param tables one line a table
   * @param empty names of tables without fields
   * @param unions one line a union: its name, its members from type 1 on
   * @param enums enumerations, each a byte on the wire whose value is the constant's ordinal
   */
  public Schema(
      String what,
      String noun,
      String root,
      String identifier,
      String tables,
      String empty,
      String unions,
      List<Class<? extends Enum<?>>> enums) {
    this.what = what;
    this.noun = noun;
    this.root = root;
    this.identifier = identifier;
    this.unions = lines(unions);
    this.enums = enums;
    Map<String, TableType> types = new LinkedHashMap<>();
    lines(tables)
        .forEach((name, fields) -> types.put(name, new TableType(this, name, fields(fields))));
    for (String name : empty.trim().split("\\s+")) {
      types.put(name, new TableType(this, name, List.of()));
    }
    this.types = Map.copyOf(types);
  }

  String what() {
    return what;
  }

  String noun() {
    return noun;
  }

  /** What bytes 4 to 7 are in front of a table of that name, or null for nothing. */
  String identifier(String table) {
    return table.equals(root) ? identifier : null;
  }

  /** The table of a name. */
  TableType table(String name) {
    TableType type = types.get(name);
    if (type == null) {
      throw new IllegalArgumentException("no table '" + name + "' in the schema");
    }
    return type;
  }

  /** Every table, by name. */
  Map<String, TableType> tables() {
    return types;
  }

  private static Map<String, List<String>> lines(String text) {
    Map<String, List<String>> lines = new LinkedHashMap<>();
    for (String line : text.strip().split("\n")) {
      List<String> words = List.of(line.trim().split("\\s+"));
      lines.put(words.get(0), words.subList(1, words.size()));
    }
    return lines;
  }

  private List<Field> fields(List<String> words) {
    List<Field> fields = new ArrayList<>();
    int slot = 0;
    for (String word : words) {
      int colon = word.indexOf(':');
      String name = word.substring(0, colon);
      String type = word.substring(colon + 1);
      String value = "";
      int equals = type.indexOf('=');
      if (equals >= 0) {
        value = type.substring(equals + 1);
        type = type.substring(0, equals);
      }
      Field field = field(name, slot, type, value);
      fields.add(field);
      slot = field.slot() + 1;
    }
    return fields;
  }

  private Field field(String name, int slot, String type, String value) {
    boolean vector = type.startsWith("[");
    String word = vector ? type.substring(1, type.length() - 1) : type;
    Wire wire = Wire.of(word);
    if (wire != null) {
      Object absent = vector ? null : wire.parse(value);
      return new Field(name, slot, wire, vector, List.of(), null, absent, word.equals(SUBGRAPH));
    }
    if (vector) {
      return new Field(name, slot, Wire.TABLE, true, List.of(word), null, null, false);
    }
    List<String> members = unions.get(type);
    if (members != null) {
      return new Field(name, slot + 1, Wire.UNION, false, members, null, null, false);
    }
    for (Class<? extends Enum<?>> constants : enums) {
      if (constants.getSimpleName().equals(type)) {
        int code = 0;
        for (Enum<?> constant : constants.getEnumConstants()) {
          code = constant.name().equals(value) ? constant.ordinal() : code;
        }
        return new Field(name, slot, Wire.I8, false, List.of(), constants, code, false);
      }
    }
    return new Field(name, slot, Wire.TABLE, false, List.of(type), null, null, false);
  }
}

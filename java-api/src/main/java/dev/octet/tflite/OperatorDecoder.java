// SPDX-License-Identifier: Apache-2.0
package dev.octet.tflite;

import java.nio.ByteBuffer;
import java.util.List;

/** Reads operators; checks their codes, tensor indices, options and references to subgraphs. */
final class OperatorDecoder {
  private final Faults faults;
  private final List<TfliteOperatorCode> codes;
  private final int subgraphs;
  private final ByteBuffer data;

  OperatorDecoder(Faults faults, List<TfliteOperatorCode> codes, int subgraphs, ByteBuffer data) {
    this.faults = faults;
    this.codes = codes;
    this.subgraphs = subgraphs;
    this.data = data;
  }

  /** Reads operator {@code index} of a subgraph with {@code tensors} tensors. */
  TfliteOperator decode(Table table, int index, int subgraph, int tensors) {
    String words = "subgraph " + subgraph + " operator " + index;
    int opcode = table.integer("opcode_index");
    if (opcode >= codes.size()) {
      throw faults.at(
          table,
          "opcode_index",
          words + ": operator code " + opcode + " is not one of " + codes.size());
    }
    TfliteOperatorCode code = codes.get(opcode);
    words += " " + Faults.cut(code.name());
    boolean[] mutating = table.bools("mutating_variable_inputs");
    int[] inputs = indices(table, "inputs", words, tensors, -1);
    if (mutating.length != 0 && mutating.length != inputs.length) {
      throw faults.at(
          table,
          "mutating_variable_inputs",
          words
              + ": "
              + mutating.length
              + " mutating_variable_inputs for "
              + inputs.length
              + " inputs");
    }
    return new TfliteOperator(
        index,
        code,
        inputs,
        indices(table, "outputs", words, tensors, 0),
        indices(table, "intermediates", words, tensors, -1),
        mutating,
        options(table, code.builtin(), words),
        customOptions(table, words));
  }

  private int[] indices(Table table, String field, String words, int tensors, int least) {
    int[] indices = table.ints(field);
    for (int i = 0; i < indices.length; i++) {
      if (indices[i] < least || indices[i] >= tensors) {
        throw faults.at(
            table,
            field,
            words
                + " "
                + field
                + "["
                + i
                + "]: tensor "
                + indices[i]
                + " is not one of "
                + tensors);
      }
    }
    return indices;
  }

  private Table options(Table table, BuiltinOperator builtin, String words) {
    Table expected = Table.of(builtin.options());
    Table found = null;
    for (String field : List.of("builtin_options", "builtin_options_2")) {
      Table options = table.table(field);
      if (options == null) {
        continue;
      }
      if (options.name().equals(expected.name())) {
        found = options;
      } else if (!expected.type().fields().isEmpty()) {
        throw faults.at(
            table,
            field,
            words + ": has options " + options.name() + " instead of " + expected.name());
      }
    }
    Table options = found == null ? expected : found;
    for (int i : CallOrder.references(options)) {
      if (i < 0 || i >= subgraphs) {
        throw faults.at(
            found == null ? table : found,
            words + ": runs subgraph " + i + ", which is not one of " + subgraphs);
      }
    }
    return options;
  }

  private ByteBuffer customOptions(Table table, String words) {
    ByteBuffer inside = table.bytes("custom_options");
    long offset = table.long_("large_custom_options_offset");
    long size = table.long_("large_custom_options_size");
    if (offset == 0 || offset == 1) {
      return inside;
    }
    if (inside.limit() != 0) {
      throw faults.at(
          table,
          "large_custom_options_offset",
          words + ": has custom options both inside the FlatBuffer and beyond");
    }
    if (offset < 0 || size < 0 || offset > data.limit() || size > data.limit() - offset) {
      throw faults.at(
          table,
          "large_custom_options_offset",
          words
              + ": custom options of "
              + Long.toUnsignedString(size)
              + " bytes at "
              + Long.toUnsignedString(offset)
              + " lie outside the file of "
              + data.limit());
    }
    return data.slice((int) offset, (int) size);
  }
}

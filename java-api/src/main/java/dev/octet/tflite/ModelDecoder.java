// SPDX-License-Identifier: Apache-2.0
package dev.octet.tflite;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Makes a model of its root table: everything beside the subgraphs is read and checked here. */
final class ModelDecoder {
  private final Faults faults;
  private final ByteBuffer data;
  private final Table root;

  private ModelDecoder(Faults faults, ByteBuffer data, Table root) {
    this.faults = faults;
    this.data = data;
    this.root = root;
  }

  /** Reads the model in {@code data}, from position to limit. */
  static TfliteModel decode(String source, ByteBuffer data) {
    ByteBuffer file = data.slice().asReadOnlyBuffer();
    Table root = FlatBufferReader.read(TfliteSchema.TFL3, source, file, 0, "Model");
    return new ModelDecoder(new Faults(source), file, root).model();
  }

  private TfliteModel model() {
    if (root.integer("version") != TfliteSchema.VERSION) {
      throw faults.at(
          root,
          "version",
          "schema version " + root.integer("version") + " is not " + TfliteSchema.VERSION);
    }
    List<TfliteBuffer> buffers = buffers();
    List<TfliteOperatorCode> codes = operatorCodes();
    List<Table> tables = root.tables("subgraphs");
    if (tables.isEmpty()) {
      throw faults.at(root, "subgraphs", "the model has no subgraph");
    }
    TensorDecoder tensors = new TensorDecoder(faults, buffers, data.limit());
    OperatorDecoder operators = new OperatorDecoder(faults, codes, tables.size(), data);
    List<TfliteSubgraph> subgraphs = new ArrayList<>();
    for (int i = 0; i < tables.size(); i++) {
      subgraphs.add(new SubgraphDecoder(faults, tensors, operators, i, tables.get(i)).decode());
    }
    CallOrder.check(faults, subgraphs);
    String description = root.string("description");
    return new TfliteModel(
        faults.source(),
        description == null ? "" : description,
        codes,
        subgraphs,
        buffers,
        metadata(buffers),
        signatures(subgraphs),
        root);
  }

  private List<TfliteBuffer> buffers() {
    List<TfliteBuffer> buffers = new ArrayList<>();
    for (Table table : root.tables("buffers")) {
      int index = buffers.size();
      ByteBuffer inside = table.bytes("data");
      long offset = table.long_("offset");
      // Writers put 0 or 1 as a placeholder where nothing lies beyond the FlatBuffer.
      if (offset == 0 || offset == 1) {
        int start = inside.limit() == 0 ? 0 : dataStart(table);
        buffers.add(new TfliteBuffer(index, start, inside));
        continue;
      }
      if (inside.limit() != 0) {
        throw faults.at(
            table, "offset", "buffer " + index + " has data both inside the FlatBuffer and beyond");
      }
      long size = table.long_("size");
      String name = "buffer " + index;
      buffers.add(
          new TfliteBuffer(index, (int) offset, slice(table, "offset", name, offset, size)));
    }
    return buffers;
  }

  private int dataStart(Table table) {
    int at = table.offset("data");
    return at + data.order(java.nio.ByteOrder.LITTLE_ENDIAN).getInt(at) + 4;
  }

  private ByteBuffer slice(Table table, String field, String name, long offset, long size) {
    if (offset < 0 || size < 0 || offset > data.limit() || size > data.limit() - offset) {
      throw faults.at(
          table,
          field,
          name
              + ": "
              + Long.toUnsignedString(size)
              + " bytes at "
              + Long.toUnsignedString(offset)
              + " lie outside the file of "
              + data.limit());
    }
    return data.slice((int) offset, (int) size);
  }

  private List<TfliteOperatorCode> operatorCodes() {
    List<TfliteOperatorCode> codes = new ArrayList<>();
    for (Table table : root.tables("operator_codes")) {
      // Codes above 127 stand in builtin_code, with 127 in the older byte.
      int code = Math.max(table.integer("deprecated_builtin_code"), table.integer("builtin_code"));
      BuiltinOperator builtin = BuiltinOperator.of(code);
      String words = "operator code " + codes.size();
      if (builtin == null) {
        throw faults.at(table, "builtin_code", words + ": " + code + " is not a known operator");
      }
      boolean custom = builtin == BuiltinOperator.CUSTOM;
      if (custom && table.string("custom_code") == null) {
        throw faults.at(table, "custom_code", words + ": a custom operator has no name");
      }
      int version = table.integer("version");
      if (version < 1) {
        throw faults.at(
            table, "version", words + " " + builtin + ": version " + version + " is below 1");
      }
      codes.add(
          new TfliteOperatorCode(builtin, custom ? table.string("custom_code") : null, version));
    }
    return codes;
  }

  private List<TfliteMetadata> metadata(List<TfliteBuffer> buffers) {
    List<TfliteMetadata> metadata = new ArrayList<>();
    for (Table table : root.tables("metadata")) {
      int buffer = table.integer("buffer");
      String name = table.string("name") == null ? "" : table.string("name");
      if (buffer >= buffers.size()) {
        throw faults.at(
            table,
            "buffer",
            "metadata "
                + metadata.size()
                + " "
                + Faults.quote(name)
                + ": buffer "
                + buffer
                + " is not one of "
                + buffers.size());
      }
      metadata.add(new TfliteMetadata(name, buffers.get(buffer)));
    }
    return metadata;
  }

  private List<TfliteSignature> signatures(List<TfliteSubgraph> subgraphs) {
    List<TfliteSignature> signatures = new ArrayList<>();
    Map<Integer, Set<Integer>> inputs = new HashMap<>();
    Map<Integer, Set<Integer>> outputs = new HashMap<>();
    Set<String> keys = new HashSet<>();
    for (Table table : root.tables("signature_defs")) {
      String key = table.string("signature_key") == null ? "" : table.string("signature_key");
      String words = "signature " + signatures.size() + " " + Faults.quote(key);
      if (!keys.add(key)) {
        throw faults.at(table, "signature_key", words + ": another signature has this key");
      }
      int subgraph = table.integer("subgraph_index");
      if (subgraph >= subgraphs.size()) {
        throw faults.at(
            table,
            "subgraph_index",
            words + ": subgraph " + subgraph + " is not one of " + subgraphs.size());
      }
      Set<Integer> given = inputs.computeIfAbsent(subgraph, i -> set(subgraphs.get(i).inputs()));
      Set<Integer> results =
          outputs.computeIfAbsent(subgraph, i -> set(subgraphs.get(i).outputs()));
      signatures.add(
          new TfliteSignature(
              key,
              subgraph,
              names(table, "inputs", subgraph, given, words),
              names(table, "outputs", subgraph, results, words)));
    }
    return signatures;
  }

  private static Set<Integer> set(int[] tensors) {
    Set<Integer> set = new HashSet<>();
    for (int tensor : tensors) {
      set.add(tensor);
    }
    return set;
  }

  private Map<String, Integer> names(
      Table table, String field, int subgraph, Set<Integer> allowed, String words) {
    Map<String, Integer> names = new LinkedHashMap<>();
    for (Table entry : table.tables(field)) {
      String name = entry.string("name") == null ? "" : entry.string("name");
      int tensor = entry.integer("tensor_index");
      String where = words + " " + field + " " + Faults.quote(name) + ": ";
      if (!allowed.contains(tensor)) {
        throw faults.at(
            entry,
            "tensor_index",
            where + "tensor " + tensor + " is not among the " + field + " of subgraph " + subgraph);
      }
      if (names.put(name, tensor) != null) {
        throw faults.at(entry, "name", where + "the name occurs twice");
      }
    }
    return names;
  }
}

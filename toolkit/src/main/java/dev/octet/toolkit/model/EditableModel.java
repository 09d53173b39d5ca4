// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.model;

import dev.octet.tflite.Table;
import dev.octet.tflite.TfliteMetadata;
import dev.octet.tflite.TfliteModel;
import dev.octet.tflite.TfliteReader;
import dev.octet.tflite.TfliteSignature;
import dev.octet.tflite.TfliteSubgraph;
import dev.octet.tflite.TfliteWriter;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A model as objects that refer to each other, for changing. What this view does not show
 * (sparsity, debug data, custom options) is written back as it was read. Constants of equal
 * contents are written once.
 */
public final class EditableModel {
  private final String source;
  private String description;
  private final List<EditableGraph> graphs = new ArrayList<>();
  private final List<EditableSignature> signatures = new ArrayList<>();
  private final Map<String, ByteBuffer> metadata = new LinkedHashMap<>();

  /**
   * A model of one graph.
   *
   * @param source what messages call it
   */
  public EditableModel(String source, EditableGraph graph) {
    this.source = source;
    this.description = "";
    graphs.add(graph);
  }

  private EditableModel(TfliteModel model) {
    this.source = model.source();
    this.description = model.description();
    List<Table> tables = model.table().tables("subgraphs");
    for (TfliteSubgraph graph : model.subgraphs()) {
      graphs.add(new EditableGraph(tables.get(graph.index()), graph));
    }
    for (TfliteSignature signature : model.signatures()) {
      EditableGraph graph = graphs.get(signature.subgraph());
      signatures.add(
          new EditableSignature(
              signature.key(),
              graph,
              tensors(graph, signature.inputs()),
              tensors(graph, signature.outputs())));
    }
    for (TfliteMetadata each : model.metadata()) {
      metadata.put(each.name(), each.buffer().data());
    }
  }

  private static Map<String, EditableTensor> tensors(
      EditableGraph graph, Map<String, Integer> indices) {
    Map<String, EditableTensor> map = new LinkedHashMap<>();
    indices.forEach((name, index) -> map.put(name, graph.read(index)));
    return map;
  }

  public static EditableModel of(TfliteModel model) {
    return new EditableModel(model);
  }

  /** Reads the model in {@code bytes}; {@code source} names it in messages. */
  public static EditableModel read(String source, byte[] bytes) {
    return new EditableModel(TfliteReader.read(source, bytes));
  }

  /** The file or name that messages give. */
  public String source() {
    return source;
  }

  public String description() {
    return description;
  }

  public EditableModel description(String words) {
    description = words;
    return this;
  }

  /** The first is the main one. */
  public List<EditableGraph> graphs() {
    return graphs;
  }

  /** May be changed. */
  public List<EditableSignature> signatures() {
    return signatures;
  }

  /** Named data, of one name the last in the file; may be changed. */
  public Map<String, ByteBuffer> metadata() {
    return metadata;
  }

  /** A model that is equal to this one as it is now and shares no object that can be changed. */
  public EditableModel copy() {
    return read(source, toBytes());
  }

  /** The file. */
  public byte[] toBytes() {
    ByteBuffer bytes = TfliteWriter.write(toTable());
    byte[] array = new byte[bytes.remaining()];
    bytes.get(array);
    return array;
  }

  /** The bytes of the file, ready to be run or read again. */
  public TfliteModel toModel() {
    return TfliteReader.read(source, toBytes());
  }

  private Table toTable() {
    List<Table> buffers = new ArrayList<>(List.of(Table.of("Buffer")));
    Map<ByteBuffer, Integer> placed = new LinkedHashMap<>();
    Map<List<Object>, Integer> codes = new LinkedHashMap<>();
    Map<EditableTensor, Integer> indices = new java.util.IdentityHashMap<>();
    List<Table> subgraphs = new ArrayList<>();
    for (EditableGraph graph : graphs) {
      List<EditableTensor> used = graph.tensors();
      for (int i = 0; i < used.size(); i++) {
        indices.put(used.get(i), i);
      }
      List<Table> tensors = new ArrayList<>();
      for (EditableTensor tensor : used) {
        tensors.add(tensor.table(buffer(buffers, placed, tensor.data()), indices));
      }
      List<Table> operators = new ArrayList<>();
      for (EditableOperator operator : graph.operators()) {
        List<Object> code = new ArrayList<>();
        code.add(operator.builtin());
        code.add(operator.customCode());
        code.add(operator.version());
        Integer index = codes.computeIfAbsent(code, c -> codes.size());
        operators.add(operator.table(index, list -> indices(indices, list)));
      }
      subgraphs.add(
          graph
              .table()
              .set("tensors", tensors)
              .set("inputs", indices(indices, graph.inputs()))
              .set("outputs", indices(indices, graph.outputs()))
              .set("operators", operators)
              .build());
    }
    List<Table> operatorCodes = new ArrayList<>();
    codes.keySet().forEach(code -> operatorCodes.add(operatorCode(code)));
    List<Table> entries = new ArrayList<>();
    metadata.forEach(
        (name, data) -> {
          buffers.add(Table.builder("Buffer").set("data", data).build());
          entries.add(
              Table.builder("Metadata")
                  .set("name", name)
                  .set("buffer", buffers.size() - 1)
                  .build());
        });
    List<Table> signatureTables = new ArrayList<>();
    for (EditableSignature signature : signatures) {
      signatureTables.add(
          Table.builder("SignatureDef")
              .set("signature_key", signature.key())
              .set("subgraph_index", graphs.indexOf(signature.graph()))
              .set("inputs", tensorMaps(signature.inputs(), indices))
              .set("outputs", tensorMaps(signature.outputs(), indices))
              .build());
    }
    return Table.builder("Model")
        .set("version", 3)
        .set("operator_codes", operatorCodes)
        .set("subgraphs", subgraphs)
        .set("description", description)
        .set("buffers", buffers)
        .set("metadata", entries.isEmpty() ? null : entries)
        .set("signature_defs", signatureTables.isEmpty() ? null : signatureTables)
        .build();
  }

  private static Integer buffer(
      List<Table> buffers, Map<ByteBuffer, Integer> placed, ByteBuffer data) {
    if (data == null) {
      return 0;
    }
    return placed.computeIfAbsent(
        data,
        contents -> {
          Table.Builder buffer = Table.builder("Buffer");
          buffers.add((contents.hasRemaining() ? buffer.set("data", contents) : buffer).build());
          return buffers.size() - 1;
        });
  }

  private static int[] indices(Map<EditableTensor, Integer> indices, List<EditableTensor> tensors) {
    return tensors.stream().mapToInt(t -> t == null ? -1 : indices.get(t)).toArray();
  }

  private static Table operatorCode(List<Object> code) {
    dev.octet.tflite.BuiltinOperator builtin = (dev.octet.tflite.BuiltinOperator) code.get(0);
    return Table.builder("OperatorCode")
        .set("deprecated_builtin_code", Math.min(builtin.code(), 127))
        .set("builtin_code", builtin.code())
        .set("custom_code", code.get(1))
        .set("version", code.get(2))
        .build();
  }

  private static List<Table> tensorMaps(
      Map<String, EditableTensor> tensors, Map<EditableTensor, Integer> indices) {
    List<Table> maps = new ArrayList<>();
    tensors.forEach(
        (name, tensor) ->
            maps.add(
                Table.builder("TensorMap")
                    .set("name", name)
                    .set("tensor_index", indices.get(tensor))
                    .build()));
    return maps;
  }

  @Override
  public String toString() {
    return source;
  }
}

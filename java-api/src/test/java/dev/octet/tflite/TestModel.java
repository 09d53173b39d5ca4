// SPDX-License-Identifier: Apache-2.0
package dev.octet.tflite;

import dev.octet.TensorType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Makes small models for tests. Tensors, operators and the model are builders until {@link #write},
 * so a test can set any field, right or wrong.
 */
public final class TestModel {
  private final List<Table> buffers = new ArrayList<>(List.of(Table.of("Buffer")));
  private final List<Table> codes = new ArrayList<>();
  private final List<Graph> graphs = new ArrayList<>();
  private final Table.Builder model = Table.builder("Model").set("version", 3);

  /** One subgraph in the making. */
  public final class Graph {
    private final List<Table.Builder> tensors = new ArrayList<>();
    private final List<Table.Builder> operators = new ArrayList<>();
    private final List<Integer> inputs = new ArrayList<>();
    private final List<Integer> outputs = new ArrayList<>();
    private final Table.Builder table = Table.builder("SubGraph");

    /** Adds a tensor that is neither input nor output; gives its index. */
    public int tensor(String name, TensorType type, int... shape) {
      tensors.add(Table.builder("Tensor").set("name", name).set("type", type).set("shape", shape));
      return tensors.size() - 1;
    }

    public int input(String name, TensorType type, int... shape) {
      inputs.add(tensor(name, type, shape));
      return tensors.size() - 1;
    }

    public int output(String name, TensorType type, int... shape) {
      outputs.add(tensor(name, type, shape));
      return tensors.size() - 1;
    }

    public int constant(String name, TensorType type, ByteBuffer data, int... shape) {
      int index = tensor(name, type, shape);
      tensors.get(index).set("buffer", buffer(data));
      return index;
    }

    /** Gives a tensor one scale and zero point. */
    public Graph quantize(int tensor, float scale, long zeroPoint) {
      return quantize(tensor, new float[] {scale}, new long[] {zeroPoint}, 0);
    }

    public Graph quantize(int tensor, float[] scales, long[] zeroPoints, int dimension) {
      tensors
          .get(tensor)
          .set(
              "quantization",
              Table.builder("QuantizationParameters")
                  .set("scale", scales)
                  .set("zero_point", zeroPoints)
                  .set("quantized_dimension", dimension)
                  .build());
      return this;
    }

    /** Adds an operator; gives its index. {@code options} may be null. */
    public int operator(
        BuiltinOperator builtin, int version, Table options, int[] inputs, int[] outputs) {
      Table.Builder operator =
          Table.builder("Operator")
              .set("opcode_index", code(builtin, null, version))
              .set("inputs", inputs)
              .set("outputs", outputs);
      if (options != null) {
        boolean second =
            TfliteSchema.table("Operator").fields().stream()
                .anyMatch(
                    field ->
                        field.name().equals("builtin_options_2")
                            && field.tables().contains(options.name()));
        operator.set(second ? "builtin_options_2" : "builtin_options", options);
      }
      operators.add(operator);
      return operators.size() - 1;
    }

    /** Adds a custom operator; gives its index. */
    public int custom(String name, ByteBuffer options, int[] inputs, int[] outputs) {
      operators.add(
          Table.builder("Operator")
              .set("opcode_index", code(BuiltinOperator.CUSTOM, name, 1))
              .set("inputs", inputs)
              .set("outputs", outputs)
              .set("custom_options", options));
      return operators.size() - 1;
    }

    public Table.Builder tensor(int index) {
      return tensors.get(index);
    }

    public Table.Builder operator(int index) {
      return operators.get(index);
    }

    /** Fields of the subgraph; they stand before what the other methods collected. */
    public Table.Builder table() {
      return table;
    }

    private Table build() {
      Table set = table.build();
      Table.Builder built =
          Table.builder("SubGraph")
              .set("inputs", ints(inputs))
              .set("outputs", ints(outputs))
              .set("tensors", tensors.stream().map(Table.Builder::build).toList())
              .set("operators", operators.stream().map(Table.Builder::build).toList());
      for (Field field : set.type().fields()) {
        if (set.has(field.name())) {
          built.set(field.name(), set.value(set.type().position(field.name())));
        }
      }
      return built.build();
    }
  }

  /** Starts another subgraph; the first is the main one. */
  public Graph graph() {
    Graph graph = new Graph();
    graphs.add(graph);
    return graph;
  }

  /** Adds a buffer; gives its index. */
  public int buffer(ByteBuffer data) {
    buffers.add(Table.builder("Buffer").set("data", data).build());
    return buffers.size() - 1;
  }

  /** Adds a buffer as it is given; gives its index. */
  public int buffer(Table buffer) {
    buffers.add(buffer);
    return buffers.size() - 1;
  }

  private int code(BuiltinOperator builtin, String custom, int version) {
    codes.add(
        Table.builder("OperatorCode")
            .set("deprecated_builtin_code", Math.min(127, builtin.code()))
            .set("builtin_code", builtin.code())
            .set("custom_code", custom)
            .set("version", version)
            .build());
    return codes.size() - 1;
  }

  /** Operator codes added so far; may be changed. */
  public List<Table> codes() {
    return codes;
  }

  /** Fields of the model; they stand before what the other methods collected. */
  public Table.Builder model() {
    return model;
  }

  public Table build() {
    Table set = model.build();
    Table.Builder built =
        Table.builder("Model")
            .set("operator_codes", codes)
            .set("buffers", buffers)
            .set("subgraphs", graphs.stream().map(Graph::build).toList());
    for (Field field : set.type().fields()) {
      if (set.has(field.name())) {
        built.set(field.name(), set.value(set.type().position(field.name())));
      }
    }
    return built.build();
  }

  public ByteBuffer write() {
    return TfliteWriter.write(build());
  }

  /** Writes the model and reads it. */
  public TfliteModel read() {
    return TfliteReader.read("test.tflite", write());
  }

  private static int[] ints(List<Integer> list) {
    return list.stream().mapToInt(Integer::intValue).toArray();
  }

  public static ByteBuffer floats(float... values) {
    ByteBuffer bytes = allocate(4 * values.length);
    for (float value : values) {
      bytes.putFloat(value);
    }
    return bytes.flip();
  }

  public static ByteBuffer ints(int... values) {
    ByteBuffer bytes = allocate(4 * values.length);
    for (int value : values) {
      bytes.putInt(value);
    }
    return bytes.flip();
  }

  public static ByteBuffer bytes(int... values) {
    ByteBuffer bytes = allocate(values.length);
    for (int value : values) {
      bytes.put((byte) value);
    }
    return bytes.flip();
  }

  /** Strings in the layout of a string tensor. */
  public static ByteBuffer strings(String... values) {
    int offset = 4 * (values.length + 2);
    byte[][] texts = new byte[values.length][];
    int size = offset;
    for (int i = 0; i < values.length; i++) {
      texts[i] = values[i].getBytes(StandardCharsets.UTF_8);
      size += texts[i].length;
    }
    ByteBuffer bytes = allocate(size).putInt(values.length);
    for (byte[] text : texts) {
      bytes.putInt(offset);
      offset += text.length;
    }
    bytes.putInt(offset);
    for (byte[] text : texts) {
      bytes.put(text);
    }
    return bytes.flip();
  }

  private static ByteBuffer allocate(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.octet.edgetpu;

import dev.octet.TensorType;
import dev.octet.tflite.FlatBufferWriter;
import dev.octet.tflite.Table;
import dev.octet.tflite.TestFlexBuffer;
import dev.octet.tflite.TestModel;
import dev.octet.tflite.TfliteModel;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Makes models that look as if the Edge TPU's compiler had made them: options, package, executables
 * and layers are complete, the instructions are none. Every setting has a value that is sound.
 */
public final class CompiledModelWriter {
  /** The package is a multiple of this, as the compiler's are. */
  private static final int PAGE = 4096;

  /** Layers are padded to a multiple of this. */
  private static final int PADDING = 8;

  /** {@code beagle}, the Coral Edge TPU, in the map of options. */
  private static final int BEAGLE = 18;

  private final List<Tensor> inputs = new ArrayList<>();
  private final List<Tensor> outputs = new ArrayList<>();
  private final List<Tensor> states = new ArrayList<>();
  private int minRuntimeVersion = 12;
  private String compilerVersion = "0.1.octet";
  private String chip = "beagle";
  private long token = 0x0123456789abcdefL;
  private int cached = 1000;
  private int streamed;
  private int virtualChip;
  private int batch = 1;
  private List<ExecutableType> executables =
      List.of(ExecutableType.EXECUTION_ONLY, ExecutableType.PARAMETER_CACHING);
  private boolean further;

  private record Tensor(String name, TensorType type, int[] shape, Table quantization) {}

  /** One of the first subgraph's inputs and outputs. */
  public static CompiledModelWriter of(TfliteModel twin) {
    CompiledModelWriter writer = new CompiledModelWriter();
    List<Table> tensors = twin.table().tables("subgraphs").get(0).tables("tensors");
    var graph = twin.subgraphs().get(0);
    for (int input : graph.inputs()) {
      writer.inputs.add(tensor(tensors.get(input)));
    }
    for (int output : graph.outputs()) {
      writer.outputs.add(tensor(tensors.get(output)));
    }
    return writer;
  }

  private static Tensor tensor(Table table) {
    return new Tensor(
        table.string("name"),
        TensorType.of(table.integer("type")),
        table.ints("shape"),
        table.table("quantization"));
  }

  public CompiledModelWriter input(String name, TensorType type, int... shape) {
    inputs.add(new Tensor(name, type, shape, null));
    return this;
  }

  public CompiledModelWriter output(String name, TensorType type, int... shape) {
    outputs.add(new Tensor(name, type, shape, null));
    return this;
  }

  /** A recurrent state: an input that is a variable, and an output of the device alone. */
  public CompiledModelWriter state(String name, TensorType type, int... shape) {
    states.add(new Tensor(name, type, shape, null));
    return this;
  }

  public CompiledModelWriter minRuntimeVersion(int version) {
    this.minRuntimeVersion = version;
    return this;
  }

  public CompiledModelWriter compilerVersion(String version) {
    this.compilerVersion = version;
    return this;
  }

  public CompiledModelWriter chip(String chip) {
    this.chip = chip;
    return this;
  }

  public CompiledModelWriter token(long token) {
    this.token = token;
    return this;
  }

  /** Bytes of parameters that are cached and streamed. */
  public CompiledModelWriter parameters(int cached, int streamed) {
    this.cached = cached;
    this.streamed = streamed;
    return this;
  }

  /** -1: a package for several chips, which the runtime refuses. */
  public CompiledModelWriter virtualChip(int chip) {
    this.virtualChip = chip;
    return this;
  }

  /** Of every executable; the runtime takes 1 and above. */
  public CompiledModelWriter batch(int batch) {
    this.batch = batch;
    return this;
  }

  /** The executables in their order; some rows of types are none that the runtime takes. */
  public CompiledModelWriter executables(ExecutableType... types) {
    this.executables = List.of(types);
    return this;
  }

  /** A second package in the options, which the runtime refuses. */
  public CompiledModelWriter furtherPackage() {
    this.further = true;
    return this;
  }

  /** The FlatBuffer with the identifier DWN1. */
  public ByteBuffer compiledPackage() {
    List<ByteBuffer> serialized =
        executables.stream().map(type -> FlatBufferWriter.write(executable(type))).toList();
    Table several = table("MultiExecutable").set("serialized_executables", serialized).build();
    ByteBuffer written =
        FlatBufferWriter.write(
            table("Package")
                .set("min_runtime_version", minRuntimeVersion)
                .set("serialized_multi_executable", FlatBufferWriter.write(several))
                .set("signature", TestModel.bytes(1, 2, 3))
                .set("keypair_version", 1)
                .set("compiler_version", compilerVersion)
                .set("virtual_chip_id", virtualChip)
                .build());
    int size = (written.remaining() + PAGE - 1) / PAGE * PAGE;
    return ByteBuffer.allocate(size).put(written).position(0).order(written.order());
  }

  /** The options of an operator {@value CompiledPackage#OPERATOR} with that package. */
  public static ByteBuffer options(ByteBuffer compiledPackage) {
    return TestFlexBuffer.map(
        Map.of("1", 0, "4", compiledPackage, "5", -1, "6", List.of(BEAGLE), "7", List.of()));
  }

  /** The options of the operator. */
  public ByteBuffer options() {
    ByteBuffer bytes = compiledPackage();
    return further
        ? TestFlexBuffer.map(
            Map.of("1", 0, "4", bytes, "6", List.of(BEAGLE, BEAGLE), "7", List.of(bytes)))
        : options(bytes);
  }

  /**
   * Adds the operator to a graph.
   *
   * @param inputs tensors in the order of {@link #input}, then of {@link #state}
   * @param outputs tensors in the order of {@link #output}
   * @return the operator's index
   */
  public int addTo(TestModel.Graph graph, int[] inputs, int[] outputs) {
    return graph.custom(CompiledPackage.OPERATOR, options(), inputs, outputs);
  }

  /** The model of nothing but the operator. */
  public TestModel model() {
    TestModel model = new TestModel();
    TestModel.Graph graph = model.graph();
    List<Integer> in = new ArrayList<>();
    for (Tensor input : inputs) {
      in.add(graph.input(input.name(), input.type(), input.shape()));
      graph.tensor(in.get(in.size() - 1)).set("quantization", input.quantization());
    }
    for (Tensor state : states) {
      in.add(graph.tensor(state.name(), state.type(), state.shape()));
      graph.tensor(in.get(in.size() - 1)).set("is_variable", true);
    }
    List<Integer> out = new ArrayList<>();
    for (Tensor output : outputs) {
      out.add(graph.output(output.name(), output.type(), output.shape()));
      graph.tensor(out.get(out.size() - 1)).set("quantization", output.quantization());
    }
    addTo(graph, ints(in), ints(out));
    return model;
  }

  /** The bytes of the model of nothing but the operator. */
  public byte[] write() {
    ByteBuffer written = model().write();
    byte[] bytes = new byte[written.remaining()];
    written.get(bytes);
    return bytes;
  }

  private static int[] ints(List<Integer> list) {
    return list.stream().mapToInt(Integer::intValue).toArray();
  }

  private static Table.Builder table(String name) {
    return Table.builder(PackageSchema.DWN1, name);
  }

  private Table executable(ExecutableType type) {
    boolean caching = type == ExecutableType.PARAMETER_CACHING;
    Table.Builder builder =
        table("Executable")
            .set("name", caching ? "Unknown" : "model")
            .set("batch_size", batch)
            .set("instruction_bitstreams", List.of(instructions(caching)))
            .set("parameters", ByteBuffer.allocate(caching ? cached : streamed))
            .set("dma_hints", hints(caching))
            .set("chip", chip)
            .set("type", type.ordinal())
            .set("parameter_caching_token", token);
    if (!caching) {
      List<Table> in = new ArrayList<>();
      List<Table> out = new ArrayList<>();
      inputs.forEach(input -> in.add(layer(input, input.name(), false)));
      states.forEach(state -> in.add(layer(state, state.name(), false)));
      outputs.forEach(output -> out.add(layer(output, output.name(), true)));
      states.forEach(state -> out.add(layer(state, state.name() + "_variable_output", true)));
      builder
          .set("scratch_size_bytes", 64)
          .set("input_layers", in)
          .set("output_layers", out)
          .set("used_narrow_memory_bytes_per_tile", 832);
    }
    return builder.build();
  }

  private static Table instructions(boolean caching) {
    Table meta = table("Meta").set("desc", 2).set("position", 1).build();
    return table("InstructionBitstream")
        .set("bitstream", ByteBuffer.allocate(caching ? 160 : 240))
        .set(
            "field_offsets",
            List.of(table("FieldOffset").set("meta", meta).set("offset_bit", 37).build()))
        .build();
  }

  private static Table hints(boolean caching) {
    Table descriptor =
        table("DmaDescriptorHint")
            .set("meta", table("Meta").set("name", "x").set("batch", 0).build())
            .set("size_in_bytes", 64)
            .build();
    List<Table> hints = new ArrayList<>();
    for (Table hint :
        List.of(
            table("InstructionHint").set("instruction_chunk_index", 0).build(),
            descriptor,
            table("FenceHint").build(),
            table("InterruptHint").set("type", 1).build())) {
      hints.add(table("DmaHint").set("any_hint", hint).set("direction", 0).build());
    }
    return table("DmaHints").set("hints", hints).set("fully_deterministic", caching).build();
  }

  private static Table layer(Tensor tensor, String name, boolean output) {
    int[] shape = tensor.shape();
    int[] block = {1, 1, 1};
    for (int i = 0; i < shape.length; i++) {
      block[Math.max(0, 3 - shape.length + i)] *= shape[i];
    }
    int bytes = tensor.type().bytes() * block[0] * block[1] * block[2];
    Table.Builder builder =
        table("Layer")
            .set("name", name)
            .set("size_bytes", (bytes + PADDING - 1) / PADDING * PADDING)
            .set("y_dim", block[0])
            .set("x_dim", block[1])
            .set("z_dim", block[2])
            .set("numerics", numerics(tensor.quantization()))
            .set("data_type", LayerType.of(tensor.type()).code())
            .set("any_layer", output ? outputLayer() : table("InputLayer").build());
    if (output) {
      int[] ranges = new int[2 * shape.length];
      Arrays.setAll(ranges, i -> i % 2 == 0 ? 0 : shape[i / 2] - 1);
      builder.set("shape", table("TensorShape").set("dimension", ranges).build());
    }
    return builder.build();
  }

  private static Table numerics(Table quantization) {
    Table.Builder numerics = table("NumericsConstants");
    if (quantization != null && quantization.floats("scale").length == 1) {
      numerics
          .set("zero_point", (int) quantization.longs("zero_point")[0])
          .set("dequantization_factor", quantization.floats("scale")[0]);
    }
    return numerics.build();
  }

  private static Table outputLayer() {
    int[] one = {0};
    return table("OutputLayer")
        .set(
            "layout",
            table("OutputLayout")
                .set("y_coordinate_to_linear_tile_id_map", one)
                .set("x_coordinate_to_linear_tile_id_map", one)
                .set("linearized_tile_byte_offset", one)
                .build())
        .build();
  }
}

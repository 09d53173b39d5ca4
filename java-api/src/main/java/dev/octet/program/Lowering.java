// SPDX-License-Identifier: Apache-2.0
package dev.octet.program;

import dev.octet.InterpreterOptions;
import dev.octet.Numerics;
import dev.octet.TensorType;
import dev.octet.graph.Graph;
import dev.octet.graph.Node;
import dev.octet.graph.NodeContext;
import dev.octet.graph.Value;
import dev.octet.ops.HostOp;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.zip.CRC32;

/** Turns a graph into instructions over slots; what the memory plan and the block writer read. */
final class Lowering implements Emitter {
  private final Graph graph;
  private final InterpreterOptions options;
  final List<Slot> slots = new ArrayList<>();
  final List<Instruction> instructions = new ArrayList<>();

  /** Weights entries in local order, by key. */
  final Map<String, WeightsEntry> entries = new LinkedHashMap<>();

  private final Map<Integer, Slot> slotOfValue = new HashMap<>();
  private Node node;

  private Lowering(Graph graph, InterpreterOptions options) {
    this.graph = graph;
    this.options = options;
  }

  /** Lowers every node; values named in {@code taps} keep their memory until the end of a run. */
  static Lowering lower(Graph graph, InterpreterOptions options, Set<Integer> taps) {
    Lowering lowering = new Lowering(graph, options);
    for (int id : graph.inputs()) {
      if (!graph.value(id).hosted()) {
        lowering.slot(graph.value(id)).input = true;
      }
    }
    Set<Integer> seen = new LinkedHashSet<>(taps);
    for (int id : graph.outputs()) {
      seen.add(id);
    }
    seen.removeIf(id -> graph.value(id).hosted());
    for (int id : seen) {
      if (!graph.isInput(id)) {
        lowering.ioSlot(id).output = true;
      }
    }
    for (Node node : graph.nodes()) {
      lowering.node = node;
      node.op().emit(graph.context(node), lowering);
    }
    lowering.node = null;
    for (int id : seen) {
      if (lowering.constant(graph.value(id))) {
        lowering.copyConstant(graph.value(id));
      }
    }
    return lowering;
  }

  /** The slot of an input, output or tapped value: always in the arena. */
  Slot ioSlot(int id) {
    return slotOfValue.computeIfAbsent(
        id, i -> add(graph.value(i).type(), graph.value(i).shape(), false, -1));
  }

  /** Slots of the graph's values, by value id. */
  Map<Integer, Slot> valueSlots() {
    return slotOfValue;
  }

  private Slot add(TensorType type, int[] shape, boolean flip, int constant) {
    Slot slot = new Slot(slots.size(), type, shape, flip, constant);
    slots.add(slot);
    return slot;
  }

  private Slot slot(Value value) {
    if (constant(value)) {
      ByteBuffer contents = value.contents();
      String key = "value " + value.id() + checksum(contents);
      return constantSlot(key, ofFile(value), value.type(), value.shape(), contents);
    }
    Slot slot =
        slotOfValue.computeIfAbsent(
            value.id(), id -> add(value.type(), value.shape(), value.flip(), -1));
    slot.root().variable |= value.variable();
    return slot;
  }

  private Slot constantSlot(
      String key, boolean lasting, TensorType type, int[] shape, ByteBuffer contents) {
    int entry = entry(key, lasting, null, weights -> weights.part(contents));
    return add(type, shape, false, entry);
  }

  private int entry(String key, boolean lasting, Kernel kernel, WeightsBuilder.Filler filler) {
    WeightsEntry known = entries.get(key);
    if (known == null) {
      known = new WeightsEntry(entries.size(), key, lasting, kernel, filler);
      entries.put(key, known);
    }
    return known.number();
  }

  /** True for a constant whose contents are those of the file, in every compilation. */
  private boolean ofFile(Value value) {
    List<Value> file = graph.subgraphs().get(graph.index()).values();
    return value.id() < file.size() && file.get(value.id()).data() == value.data();
  }

  private static String checksum(ByteBuffer contents) {
    CRC32 checksum = new CRC32();
    checksum.update(contents.duplicate());
    return " " + Long.toHexString(checksum.getValue());
  }

  private void copyConstant(Value value) {
    Slot out = slotOfValue.get(value.id());
    instruction(Kernels.COPY).in("x", slot(value)).out("y", out).emit();
  }

  @Override
  public Numerics numerics() {
    return options.numerics();
  }

  @Override
  public boolean reference() {
    return options.reference();
  }

  @Override
  public InstructionBuilder instruction(Kernel kernel) {
    return new Builder(kernel);
  }

  @Override
  public int weights(String key, Kernel kernel, WeightsBuilder.Filler filler) {
    StringBuilder whole = new StringBuilder("weights ").append(key).append(' ');
    whole.append(kernel.name());
    boolean lasting = true;
    for (int id : node.inputs()) {
      if (id < 0) {
        continue;
      }
      // packing may depend on channels, which a resize may change
      Value value = graph.value(id);
      whole.append(' ').append(value.rank() == 0 ? 0 : value.dim(value.rank() - 1));
      if (constant(value) && !ofFile(value)) {
        lasting = false;
        whole.append(Arrays.toString(value.shape())).append(checksum(value.contents()));
      }
    }
    return entry(whole.toString(), lasting, kernel, filler);
  }

  @Override
  public Operand constant(String key, TensorType type, int[] shape, ByteBuffer contents) {
    return constantSlot("constant " + key + checksum(contents), true, type, shape, contents);
  }

  @Override
  public Operand temporary(TensorType type, boolean flip, int... shape) {
    return add(type, shape, flip, -1);
  }

  @Override
  public void alias(Value output, Value input) {
    Slot out = slot(output);
    Slot in = slot(input);
    boolean seen = (in.root().input || in.root().output) && (out.root().input || out.root().output);
    if (!in.inArena() || seen || in.root().variable) {
      instruction(Kernels.COPY).in("x", in).out("y", out).emit();
    } else {
      in.join(out);
    }
  }

  @Override
  public ByteBuffer compute(Graph graph, ByteBuffer input, String... withoutPasses) {
    InterpreterOptions inner =
        new InterpreterOptions()
            .numerics(options.numerics())
            .isa(options.isa())
            .reference(options.reference())
            .withoutPasses(withoutPasses);
    try (Compiler compiler = new Compiler();
        Execution execution = new Execution(new Session(compiler, inner), graph, Set.of())) {
      execution.view(graph.inputs()[0]).put(input);
      execution.run(0);
      ByteBuffer output = execution.view(graph.outputs()[0]);
      return ByteBuffer.allocate(output.capacity()).put(output).flip();
    }
  }

  @Override
  public void host(NodeContext node, HostOp op) {
    List<Slot> reads = new ArrayList<>();
    for (int i = 0; i < node.inputCount(); i++) {
      if (node.has(i) && !constant(node.input(i)) && !node.input(i).hosted()) {
        reads.add(slot(node.input(i)));
      }
    }
    List<Slot> writes = new ArrayList<>();
    for (int i = 0; i < node.outputCount(); i++) {
      if (!node.output(i).hosted()) {
        writes.add(slot(node.output(i)));
      }
    }
    instructions.add(new Instruction(null, op, node.node(), new int[0], reads, writes, List.of()));
  }

  /** A constant that the caller of a run does not set. */
  private boolean constant(Value value) {
    return value.constant() && !graph.isInput(value.id());
  }

  private final class Builder implements InstructionBuilder {
    private final Kernel kernel;
    private final int[] fields;
    private final boolean[] set;
    private final List<Slot> reads = new ArrayList<>();
    private final List<Slot> writes = new ArrayList<>();
    private final List<Slot[]> inPlace = new ArrayList<>();

    Builder(Kernel kernel) {
      this.kernel = kernel;
      this.fields = new int[kernel.fields().size()];
      this.set = new boolean[fields.length];
    }

    private Builder put(String field, String kind, int value) {
      for (int i = 0; i < fields.length; i++) {
        Kernel.Field known = kernel.fields().get(i);
        if (known.name().equals(field) && known.kind().equals(kind) && !set[i]) {
          fields[i] = value;
          set[i] = true;
          return this;
        }
      }
      throw new IllegalStateException(
          kernel.name() + " has no field " + field + ":" + kind + " left to set");
    }

    @Override
    public InstructionBuilder in(String field, Value value) {
      return value == null ? put(field, "value", -1) : in(field, slot(value));
    }

    @Override
    public InstructionBuilder in(String field, Operand operand) {
      Slot slot = (Slot) operand;
      reads.add(slot);
      return put(field, "value", slot.id);
    }

    @Override
    public InstructionBuilder out(String field, Value value) {
      return out(field, slot(value));
    }

    @Override
    public InstructionBuilder out(String field, Operand operand) {
      Slot slot = (Slot) operand;
      writes.add(slot);
      return put(field, "value", slot.id);
    }

    @Override
    public InstructionBuilder weights(String field, int entry) {
      return put(field, "weights", entry);
    }

    @Override
    public InstructionBuilder i32(String field, int value) {
      return put(field, "i32", value);
    }

    @Override
    public InstructionBuilder f32(String field, float value) {
      return put(field, "f32", Float.floatToRawIntBits(value));
    }

    @Override
    public InstructionBuilder inPlace(Value output, Value input) {
      if (!Lowering.this.constant(input)) {
        inPlace.add(new Slot[] {slot(output), slot(input)});
      }
      return this;
    }

    @Override
    public void emit() {
      for (int i = 0; i < set.length; i++) {
        if (!set[i]) {
          throw new IllegalStateException(
              kernel.name() + ": field " + kernel.fields().get(i).name() + " is not set");
        }
      }
      instructions.add(new Instruction(kernel, null, node, fields, reads, writes, inPlace));
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.octet.program;

import dev.octet.graph.Graph;
import dev.octet.graph.Node;
import java.util.ArrayList;
import java.util.List;

/**
 * A compiled graph for one set of shapes: instructions, values with their places in the arena, and
 * the weights that they need.
 */
public final class Plan {
  /**
   * A value's place, for reports.
   *
   * @param name the tensor's name; empty for a temporary
   * @param offset bytes from the start of the arena
   * @param first the instruction that writes it first, -1 for an input
   * @param last the instruction that reads it last; the number of instructions for an output
   */
  public record Placement(String name, long offset, long bytes, int first, int last) {}

  private final Graph graph;
  private final Lowering lowering;
  private final long arenaBytes;

  /** Of each instruction, how many native ones stand before it. */
  private final int[] before;

  /** First native instruction and count of each stretch between operators that Java computes. */
  private final List<int[]> segments = new ArrayList<>();

  Plan(Graph graph, Lowering lowering) {
    this.graph = graph;
    this.lowering = lowering;
    this.arenaBytes = MemoryPlan.place(lowering.slots, lowering.instructions);
    this.before = new int[lowering.instructions.size() + 1];
    int start = 0;
    for (int i = 0; i < lowering.instructions.size(); i++) {
      boolean host = lowering.instructions.get(i).host() != null;
      before[i + 1] = before[i] + (host ? 0 : 1);
      if (host) {
        segments.add(new int[] {start, before[i] - start});
        start = before[i];
      }
    }
    segments.add(new int[] {start, before[lowering.instructions.size()] - start});
  }

  public Graph graph() {
    return graph;
  }

  public long arenaBytes() {
    return arenaBytes;
  }

  List<Slot> slots() {
    return lowering.slots;
  }

  List<Instruction> instructions() {
    return lowering.instructions;
  }

  List<Instruction> nativeInstructions() {
    return lowering.instructions.stream().filter(i -> i.host() == null).toList();
  }

  /** The operators that Java computes: one behind each segment but the last. */
  List<Instruction> hostInstructions() {
    return lowering.instructions.stream().filter(i -> i.host() != null).toList();
  }

  List<int[]> segments() {
    return segments;
  }

  /** The native instruction that writes first; -1 for what is there before the run. */
  int nativeFirst(Slot root) {
    if (root.input || root.variable || root.first < 0) {
      return -1;
    }
    boolean host = lowering.instructions.get(root.first).host() != null;
    return host ? before[root.first] - 1 : before[root.first];
  }

  /** The native instruction after which the value is not read again. */
  int nativeLast(Slot root) {
    return root.last < 0 || root.last >= lowering.instructions.size()
        ? root.last
        : before[root.last];
  }

  List<WeightsEntry> entries() {
    return List.copyOf(lowering.entries.values());
  }

  /** True for a value that has memory in the arena. */
  boolean hasSlot(int valueId) {
    Slot slot = lowering.valueSlots().get(valueId);
    return slot != null && slot.inArena();
  }

  /** The slot of a value in the arena. */
  Slot slot(int valueId) {
    return lowering.valueSlots().get(valueId);
  }

  public int instructionCount() {
    return lowering.instructions.size();
  }

  /**
   * The kernel of an instruction; {@code java} for an operator that Java computes, the delegate's
   * word for a part of the graph that one does.
   */
  public String kernel(int instruction) {
    Instruction chosen = lowering.instructions.get(instruction);
    return chosen.host() == null ? chosen.kernel().name() : chosen.host().kernel();
  }

  /** True for an instruction that is no kernel of the engine's. */
  boolean host(int instruction) {
    return lowering.instructions.get(instruction).host() != null;
  }

  /** The operator that an instruction came from, or null for one that the lowering added. */
  public Node node(int instruction) {
    return lowering.instructions.get(instruction).node();
  }

  /** Names the operator of a native instruction, for messages; empty when there is none. */
  String nativeOrigin(int instruction) {
    List<Instruction> natives = nativeInstructions();
    Node node =
        instruction >= 0 && instruction < natives.size() ? natives.get(instruction).node() : null;
    return node == null ? "" : " (operator " + node.index() + " " + node.op().name() + ")";
  }

  /** Where the arena's values are, in the order of their first instructions. */
  public List<Placement> placements() {
    List<Placement> result = new ArrayList<>();
    for (var entry : lowering.valueSlots().entrySet()) {
      Slot slot = entry.getValue();
      if (slot.inArena()) {
        Slot root = slot.root();
        result.add(
            new Placement(
                graph.value(entry.getKey()).name(),
                root.offset,
                slot.bytes,
                root.first,
                Math.min(root.last, instructionCount())));
      }
    }
    result.sort(java.util.Comparator.comparingInt(Placement::first));
    return result;
  }
}

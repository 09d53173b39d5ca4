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

  Plan(Graph graph, Lowering lowering) {
    this.graph = graph;
    this.lowering = lowering;
    this.arenaBytes = MemoryPlan.place(lowering.slots, lowering.instructions);
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

  List<WeightsEntry> entries() {
    return List.copyOf(lowering.entries.values());
  }

  /** The slot of an input, output or tapped value. */
  Slot slot(int valueId) {
    return lowering.ioSlot(valueId);
  }

  public int instructionCount() {
    return lowering.instructions.size();
  }

  /** The kernel of an instruction. */
  public String kernel(int instruction) {
    return lowering.instructions.get(instruction).kernel().name();
  }

  /** The operator that an instruction came from, or null for one that the lowering added. */
  public Node node(int instruction) {
    return lowering.instructions.get(instruction).node();
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

// SPDX-License-Identifier: Apache-2.0
package dev.octet.program;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Places the values of a program in one arena. Values whose lifetimes overlap do not share bytes;
 * inputs and variables live through the whole run, outputs from their first write to its end.
 * Greedy by size: the largest is placed first, each in the lowest gap that is free during its life.
 */
final class MemoryPlan {
  static final int ALIGNMENT = 64;

  /** Bytes behind the last value that kernels may read. */
  static final int SLACK = 64;

  private MemoryPlan() {}

  /** Sets the offset of every group and returns the arena's bytes, slack included. */
  static long place(List<Slot> slots, List<Instruction> instructions) {
    lifetimes(slots, instructions);
    shareInPlace(instructions);
    List<Slot> groups = new ArrayList<>();
    for (Slot slot : slots) {
      if (slot.inArena() && slot.root() == slot) {
        groups.add(slot);
      }
    }
    groups.sort(Comparator.comparingLong((Slot s) -> s.bytes).reversed().thenComparing(s -> s.id));
    List<Slot> placed = new ArrayList<>();
    long end = 0;
    for (Slot group : groups) {
      long offset = 0;
      for (Slot other : placed) {
        boolean apart = other.last < group.first || group.last < other.first;
        if (!apart && offset + align(group.bytes) > other.offset) {
          offset = Math.max(offset, other.offset + align(other.bytes));
        }
      }
      group.offset = offset;
      end = Math.max(end, offset + align(group.bytes));
      placed.add(group);
      placed.sort(Comparator.comparingLong((Slot s) -> s.offset));
    }
    return end + SLACK;
  }

  static long align(long bytes) {
    return (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  }

  private static void lifetimes(List<Slot> slots, List<Instruction> instructions) {
    for (int i = 0; i < instructions.size(); i++) {
      for (Slot slot : instructions.get(i).writes()) {
        Slot root = slot.root();
        root.first = Math.min(root.first, i);
        root.last = Math.max(root.last, i);
      }
      for (Slot slot : instructions.get(i).reads()) {
        Slot root = slot.root();
        root.last = Math.max(root.last, i);
      }
    }
    for (Slot slot : slots) {
      if (slot.root() != slot) {
        continue;
      }
      if (slot.input || slot.variable) {
        slot.first = -1;
        slot.last = Slot.FOREVER;
      }
      if (slot.output) {
        slot.last = Slot.FOREVER;
      }
      // Never written (a variable's first state, an empty value): it keeps its bytes.
      if (slot.first == Slot.FOREVER) {
        slot.first = -1;
      }
    }
  }

  private static void shareInPlace(List<Instruction> instructions) {
    for (int i = 0; i < instructions.size(); i++) {
      for (Slot[] pair : instructions.get(i).inPlace()) {
        Slot out = pair[0].root();
        Slot in = pair[1].root();
        boolean dies = in.inArena() && in.last == i && !in.input && !in.output;
        if (dies && out != in && out.first == i && !out.input && out.bytes == in.bytes) {
          out.join(in);
          break;
        }
      }
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.octet.program;

import dev.octet.Profile;
import dev.octet.TensorType;
import dev.octet.graph.Graph;
import dev.octet.graph.Node;
import java.nio.ByteBuffer;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** What an instruction has to compute and to move, for reports. */
final class Footprint {
  /** Kernels that may leave much of their input unread. */
  private static final Set<String> MOVES = Set.of("copy_strided", "gather", "gather_nd");

  private Footprint() {}

  /** Of each instruction. */
  static Profile.Work[] of(Plan plan) {
    Profile.Work[] works = new Profile.Work[plan.instructionCount()];
    for (int i = 0; i < works.length; i++) {
      works[i] = of(plan, i);
    }
    return works;
  }

  private static Profile.Work of(Plan plan, int index) {
    Instruction instruction = plan.instructions().get(index);
    Set<Slot> reads = new LinkedHashSet<>(instruction.reads());
    Set<Slot> writes = new LinkedHashSet<>(instruction.writes());
    long weights = packedBytes(plan, instruction);
    long read = 0;
    for (Slot slot : reads) {
      if (slot.inArena()) {
        read += slot.bytes;
      } else {
        weights += slot.bytes;
      }
    }
    long written = writes.stream().mapToLong(slot -> slot.bytes).sum();
    if (instruction.kernel() != null && MOVES.contains(instruction.kernel().name())) {
      read = Math.min(read, written);
    }
    long macs = hasMacs(plan, index) ? macs(plan.graph(), instruction.node()) : 0;
    TensorType factors = macs == 0 ? null : factors(plan.graph(), instruction.node());
    return new Profile.Work(macs, factors, weights, read, written);
  }

  private static long macs(Graph graph, Node node) {
    return node.op().macs(graph.context(node));
  }

  /** Of an operator's instructions the last one with weights has the macs, else the last one. */
  private static boolean hasMacs(Plan plan, int index) {
    List<Instruction> all = plan.instructions();
    Node node = all.get(index).node();
    int chosen = -1;
    boolean weighty = false;
    for (int i = 0; i < all.size(); i++) {
      if (all.get(i).node() == node) {
        boolean packs = all.get(i).kernel() != null && !all.get(i).kernel().packFields().isEmpty();
        if (packs || !weighty) {
          chosen = i;
          weighty = packs;
        }
      }
    }
    return node != null && chosen == index;
  }

  private static long packedBytes(Plan plan, Instruction instruction) {
    if (instruction.kernel() == null) {
      return 0;
    }
    List<WeightsEntry> entries = plan.entries();
    long bytes = 0;
    for (int i = 0; i < instruction.fields().length; i++) {
      int entry = instruction.fields()[i];
      if (instruction.kernel().fields().get(i).kind().equals("weights") && entry >= 0) {
        for (ByteBuffer part : entries.get(entry).fill().parts) {
          bytes += part.remaining();
        }
      }
    }
    return bytes;
  }

  private static TensorType factors(Graph graph, Node node) {
    TensorType first = null;
    boolean narrow = false;
    for (int id : node.inputs()) {
      TensorType type = id < 0 ? null : graph.value(id).type();
      boolean integer = type == TensorType.INT32 || type == TensorType.INT64;
      first = first != null || integer ? first : type;
      narrow |= type == TensorType.INT8 || type == TensorType.UINT8 || type == TensorType.INT4;
    }
    if (first == TensorType.INT16) {
      return TensorType.INT16;
    }
    return narrow ? TensorType.INT8 : TensorType.FLOAT32;
  }
}

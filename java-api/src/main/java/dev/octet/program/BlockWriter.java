// SPDX-License-Identifier: Apache-2.0
package dev.octet.program;

import java.nio.ByteBuffer;
import java.util.List;

/** Writes the two blocks of {@code native/src/program/format.h}. */
final class BlockWriter {
  private static final int PROGRAM_MAGIC = 0x5054434f;
  private static final int BINDING_MAGIC = 0x4254434f;
  private static final int VERSION = 1;
  private static final int PROGRAM_HEADER_BYTES = 24;
  private static final int ENTRY_BYTES = 120;
  private static final int MAX_PARTS = 6;
  private static final int BINDING_HEADER_BYTES = 72;
  private static final int VALUE_BYTES = 88;
  private static final int INSTRUCTION_BYTES = 12;
  private static final int SEGMENT_BYTES = 8;
  private static final int FLAG_POISON = 1;

  private BlockWriter() {}

  /** The program block of the filled entries, in order; to be closed. */
  static NativeMemory.Passing program(
      List<WeightsEntry> entries, List<WeightsEntry.Filled> filled) {
    long bytes = PROGRAM_HEADER_BYTES + (long) ENTRY_BYTES * entries.size();
    for (WeightsEntry.Filled entry : filled) {
      bytes += 8 + 4L * entry.fields.length;
      for (ByteBuffer part : entry.parts) {
        bytes += MemoryPlan.align(part.remaining());
      }
    }
    NativeMemory.Passing memory = new NativeMemory.Passing(bytes, "weights");
    try {
      program(memory.buffer(), entries, filled);
      return memory;
    } catch (RuntimeException | Error e) {
      memory.close(); // a part may lie in a file that was cut
      throw e;
    }
  }

  private static void program(
      ByteBuffer block, List<WeightsEntry> entries, List<WeightsEntry.Filled> filled) {
    block.putInt(PROGRAM_MAGIC).putInt(VERSION).putInt(entries.size()).putInt(0);
    block.putLong(PROGRAM_HEADER_BYTES);
    int data = PROGRAM_HEADER_BYTES + ENTRY_BYTES * entries.size();
    for (int i = 0; i < entries.size(); i++) {
      Kernel kernel = entries.get(i).kernel();
      WeightsEntry.Filled entry = filled.get(i);
      block.position(PROGRAM_HEADER_BYTES + ENTRY_BYTES * i);
      block.putInt(kernel == null ? -1 : Kernels.number(kernel)).putInt(entry.fields.length);
      block.putLong(data);
      for (int f = 0; f < entry.fields.length; f++) {
        block.putInt(data + 4 * f, entry.fields[f]);
      }
      int fieldsEnd = data + 4 * entry.fields.length;
      data = (fieldsEnd + 7) / 8 * 8;
      zero(block, fieldsEnd, data);
      block.putInt(entry.parts.size()).putInt(0);
      for (int p = 0; p < MAX_PARTS; p++) {
        ByteBuffer part = p < entry.parts.size() ? entry.parts.get(p) : ByteBuffer.allocate(0);
        block.putLong(data).putLong(part.remaining());
        block.duplicate().position(data).put(part.duplicate());
        int partEnd = data + part.remaining();
        data += (int) MemoryPlan.align(part.remaining());
        zero(block, partEnd, data);
      }
    }
    zero(block, data, block.capacity());
  }

  /** Between what was put, so that equal weights make equal blocks. */
  private static void zero(ByteBuffer block, int from, int to) {
    for (int i = from; i < to; i++) {
      block.put(i, (byte) 0);
    }
  }

  /**
   * The binding block: the native instructions, in a segment for each stretch between operators
   * that Java computes. The first segment starts with the run, so there may be nothing in it.
   *
   * @param entryNumbers the native program's number of each local weights entry
   */
  static ByteBuffer binding(Plan plan, int[] entryNumbers, boolean poison) {
    List<Slot> slots = plan.slots();
    List<Instruction> instructions = plan.nativeInstructions();
    List<int[]> segments = plan.segments();
    int fieldCount = 0;
    for (Instruction instruction : instructions) {
      fieldCount += instruction.fields().length;
    }
    int valuesOffset = BINDING_HEADER_BYTES;
    int instructionsOffset = valuesOffset + VALUE_BYTES * slots.size();
    int segmentsOffset = instructionsOffset + INSTRUCTION_BYTES * instructions.size();
    int fieldsOffset = segmentsOffset + SEGMENT_BYTES * segments.size();
    ByteBuffer block = DirectMemory.allocate(fieldsOffset + 4L * fieldCount, "a binding");
    block.putInt(BINDING_MAGIC).putInt(VERSION).putInt(poison ? FLAG_POISON : 0);
    block
        .putInt(slots.size())
        .putInt(instructions.size())
        .putInt(segments.size())
        .putInt(fieldCount)
        .putInt(0);
    block.putLong(valuesOffset).putLong(instructionsOffset);
    block.putLong(segmentsOffset).putLong(fieldsOffset);
    block.putLong(plan.arenaBytes());
    for (Slot slot : slots) {
      value(block, plan, slot, entryNumbers);
    }
    int field = 0;
    for (Instruction instruction : instructions) {
      block.putInt(Kernels.number(instruction.kernel()));
      block.putInt(field).putInt(instruction.fields().length);
      field += instruction.fields().length;
    }
    for (int[] segment : segments) {
      block.putInt(segment[0]).putInt(segment[1]);
    }
    for (Instruction instruction : instructions) {
      List<Kernel.Field> kinds = instruction.kernel().fields();
      for (int f = 0; f < kinds.size(); f++) {
        int number = instruction.fields()[f];
        block.putInt(kinds.get(f).kind().equals("weights") ? entryNumbers[number] : number);
      }
    }
    return block.position(0);
  }

  private static void value(ByteBuffer block, Plan plan, Slot slot, int[] entryNumbers) {
    Slot root = slot.root();
    int start = block.position();
    block.putInt(slot.inArena() ? 0 : 1).putInt(slot.type.code()).putInt(slot.shape.length);
    block.putInt(slot.flip ? 0x80 : 0);
    block.putLong(slot.inArena() ? root.offset : entryNumbers[slot.constant]);
    for (int axis = 0; axis < 8; axis++) {
      block.putInt(axis < slot.shape.length ? slot.shape[axis] : 0);
    }
    block.putInt(0).putInt(0).putInt(0).putInt(0).putInt(0); // no border, no fill
    block.putInt(plan.nativeFirst(root)).putInt(plan.nativeLast(root)).putInt(0);
    if (block.position() - start != VALUE_BYTES) {
      throw new IllegalStateException(
          "a value record has " + (block.position() - start) + " bytes");
    }
  }
}

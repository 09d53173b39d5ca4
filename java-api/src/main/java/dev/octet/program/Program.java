// SPDX-License-Identifier: Apache-2.0
package dev.octet.program;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The weights of a plan as a backend wants them, shared by every interpreter that uses them.
 * Thread-safe. Let go of when the last of its holders (the model, each binding) has let go.
 */
abstract class Program {
  private final Map<String, Integer> numbers = new HashMap<>();
  private int holders = 1;

  Program(List<WeightsEntry> entries) {
    for (WeightsEntry entry : entries) {
      numbers.put(entry.key(), entry.number());
    }
  }

  /**
   * A program of the entries, held for the caller.
   *
   * @param isa cap on the instruction set, -1 for none, {@link Engine#JAVA} for the reference
   */
  static Program load(List<WeightsEntry> entries, int isa) {
    List<WeightsEntry.Filled> filled = new ArrayList<>();
    for (WeightsEntry entry : entries) {
      filled.add(entry.fill());
    }
    return isa == Engine.JAVA
        ? new ReferenceProgram(entries, filled)
        : NativeProgram.load(entries, filled, isa);
  }

  /** This program's numbers of the entries, or null when it lacks one. */
  final int[] numbers(List<WeightsEntry> entries) {
    int[] result = new int[entries.size()];
    for (WeightsEntry entry : entries) {
      Integer number = numbers.get(entry.key());
      if (number == null) {
        return null;
      }
      result[entry.number()] = number;
    }
    return result;
  }

  /** Bytes of weights. */
  abstract long bytes();

  /**
   * A plan with memory; it does not hold this program.
   *
   * @param numbers what {@link #numbers} gives for the plan's entries
   */
  abstract Binding bind(Plan plan, ByteBuffer arena, int[] numbers, int threads, boolean poison);

  /** Called when nobody holds the program any longer. */
  abstract void free();

  /** Keeps the weights until {@link #release}. */
  final synchronized void hold() {
    if (holders == 0) {
      throw new IllegalStateException("the model is closed");
    }
    holders++;
  }

  final synchronized void release() {
    if (--holders == 0) {
      free();
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.octet.program;

import dev.octet.graph.Value;

/** Fills one instruction; every field of the kernel is named exactly once, in any order. */
public interface InstructionBuilder {
  /** A value that the instruction reads; null for one that is absent. */
  InstructionBuilder in(String field, Value value);

  InstructionBuilder in(String field, Emitter.Operand operand);

  /** A value that the instruction writes. */
  InstructionBuilder out(String field, Value value);

  InstructionBuilder out(String field, Emitter.Operand operand);

  InstructionBuilder weights(String field, int entry);

  InstructionBuilder i32(String field, int value);

  InstructionBuilder f32(String field, float value);

  /**
   * The output may take the input's memory when that is not needed afterwards, the first of several
   * inputs for which that holds: element i of the output is written after element i of the input
   * was read, and no other read follows.
   */
  InstructionBuilder inPlace(Value output, Value input);

  /**
   * @throws IllegalStateException when a field is missing
   */
  void emit();
}

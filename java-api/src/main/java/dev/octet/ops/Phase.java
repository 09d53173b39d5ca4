// SPDX-License-Identifier: Apache-2.0
package dev.octet.ops;

import dev.octet.program.InstructionBuilder;

/**
 * The rows {@code firstH, firstH + stepH, ...} and columns {@code firstW, firstW + stepW, ...} of
 * an output that an instruction writes.
 */
record Phase(int stepH, int stepW, int firstH, int firstW) {
  static final Phase WHOLE = new Phase(1, 1, 0, 0);

  InstructionBuilder set(InstructionBuilder instruction) {
    return instruction
        .i32("y_step_h", stepH)
        .i32("y_step_w", stepW)
        .i32("y_first_h", firstH)
        .i32("y_first_w", firstW);
  }
}

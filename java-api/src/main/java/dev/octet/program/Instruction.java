// SPDX-License-Identifier: Apache-2.0
package dev.octet.program;

import dev.octet.graph.Node;
import java.util.List;

/**
 * A lowered instruction.
 *
 * @param fields in the kernel's order; values and weights by their local numbers
 * @param inPlace pairs of an output and an input slot that may share memory, best first
 */
record Instruction(
    Kernel kernel,
    Node node,
    int[] fields,
    List<Slot> reads,
    List<Slot> writes,
    List<Slot[]> inPlace) {}

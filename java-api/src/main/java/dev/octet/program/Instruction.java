// SPDX-License-Identifier: Apache-2.0
package dev.octet.program;

import dev.octet.graph.Node;
import dev.octet.ops.HostOp;
import java.util.List;

/**
 * A lowered instruction.
 *
 * @param kernel null for an operator that Java computes
 * @param host the operator that Java computes, null for a native instruction
 * @param fields in the kernel's order; values and weights by their local numbers
 * @param inPlace pairs of an output and an input slot that may share memory, best first
 */
record Instruction(
    Kernel kernel,
    HostOp host,
    Node node,
    int[] fields,
    List<Slot> reads,
    List<Slot> writes,
    List<Slot[]> inPlace) {}

// SPDX-License-Identifier: Apache-2.0
package dev.octet.graph;

import dev.octet.ops.Op;

/**
 * One operator in its place.
 *
 * @param index its number in the model's subgraph, for messages
 * @param op what it computes
 * @param inputs value ids; -1 for an optional input that is absent
 * @param outputs value ids
 */
public record Node(int index, Op op, int[] inputs, int[] outputs) {}

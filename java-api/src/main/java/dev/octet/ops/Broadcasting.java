// SPDX-License-Identifier: Apache-2.0
package dev.octet.ops;

import dev.octet.graph.NodeContext;
import dev.octet.graph.Value;
import dev.octet.program.InstructionBuilder;
import java.util.Arrays;

/**
 * The shape of some values under the broadcasting rule: dimensions are aligned at the last, and
 * where they differ all but one length are 1.
 */
final class Broadcasting {
  private static final int MAX_RANK = 8;

  private Broadcasting() {}

  static int[] shape(NodeContext node, Value... values) {
    int[] shape = {};
    for (Value value : values) {
      node.require(
          value.rank() <= MAX_RANK, value, "rank " + value.rank() + " is over " + MAX_RANK);
      if (value.rank() > shape.length) {
        shape = value.shape().clone();
      }
    }
    for (Value value : values) {
      for (int i = 1; i <= value.rank(); i++) {
        int known = shape[shape.length - i];
        int dim = value.dim(value.rank() - i);
        node.require(
            known == dim || known == 1 || dim == 1,
            value,
            "does not broadcast: dimension " + dim + " against " + known);
        shape[shape.length - i] = known == 1 ? dim : known;
      }
    }
    return shape;
  }

  /** Lets the output take the memory of an input of the same size. */
  static void inPlace(InstructionBuilder instruction, Value output, Value... inputs) {
    for (Value input : inputs) {
      if (input.type().bytes() == output.type().bytes()
          && Arrays.equals(input.shape(), output.shape())) {
        instruction.inPlace(output, input);
      }
    }
  }

  /** The element of a value of {@code shape} that element {@code i} of {@code result} reads. */
  static int source(int[] result, int i, int[] shape) {
    int index = 0;
    int stride = 1;
    for (int axis = 1; axis <= shape.length; axis++) {
      int at = i % result[result.length - axis];
      i /= result[result.length - axis];
      int dim = shape[shape.length - axis];
      index += dim == 1 ? 0 : at * stride;
      stride *= dim;
    }
    return index;
  }
}

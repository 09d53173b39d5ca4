// SPDX-License-Identifier: Apache-2.0
package dev.octet.ops;

import dev.octet.TensorType;
import dev.octet.graph.NodeContext;
import dev.octet.graph.Value;
import dev.octet.program.HostCall;
import dev.octet.program.HostTensor;

/** Axes, shapes and indices that are contents of tensors. */
final class Axes {
  static final int MAX_RANK = 8;

  private Axes() {}

  /** The axis that a constant int32 or int64 scalar names; -1 is the last of {@code rank}. */
  static int of(NodeContext node, Value scalar, int rank) {
    return of(node, scalar, scalar(node, scalar), rank);
  }

  /** {@code axis} counted from 0; -1 is the last of {@code rank}. */
  static int of(NodeContext node, Value value, long axis, int rank) {
    node.require(
        axis >= -rank && axis < rank, value, "names axis " + axis + " of a tensor of rank " + rank);
    return (int) (axis < 0 ? axis + rank : axis);
  }

  /** The contents of a constant that has one integer of 16, 32 or 64 bits. */
  static long scalar(NodeContext node, Value scalar) {
    node.require(scalar.elements() == 1, scalar, "has not one element");
    return switch (scalar.type()) {
      case INT16 -> scalar.contents().getShort(0);
      case INT64 -> scalar.contents().getLong(0);
      default -> scalar.contents().getInt(0);
    };
  }

  /** The dimensions that a constant int32 or int64 vector names. */
  static int[] shape(NodeContext node, Value vector) {
    node.require(
        vector.elements() <= MAX_RANK, vector, "has " + vector.elements() + " elements, over 8");
    int[] shape = new int[(int) vector.elements()];
    for (int i = 0; i < shape.length; i++) {
      long dim =
          vector.type() == TensorType.INT64
              ? vector.contents().getLong(8 * i)
              : vector.contents().getInt(4 * i);
      node.require(
          dim >= 0 && dim <= Integer.MAX_VALUE, vector, "dimension " + dim + " is out of range");
      shape[i] = (int) dim;
    }
    return shape;
  }

  /** Element {@code i} of an integer tensor, which must be an index of {@code length} elements. */
  static int index(HostCall call, HostTensor indices, int i, int length) {
    long index =
        indices.type() == TensorType.INT16 ? indices.data().getShort(2 * i) : indices.integer(i);
    if (index < 0 || index >= length) {
      throw call.failure("index " + index + " is outside 0 to " + (length - 1));
    }
    return (int) index;
  }

  /** All elements of an integer tensor, each an index of {@code length} elements. */
  static int[] indices(HostCall call, HostTensor indices, int length) {
    int[] result = new int[indices.elements()];
    for (int i = 0; i < result.length; i++) {
      result[i] = index(call, indices, i, length);
    }
    return result;
  }

  /** Product of the dimensions from {@code first} to before {@code end}. */
  static int product(int[] shape, int first, int end) {
    int product = 1;
    for (int i = first; i < end; i++) {
      product *= shape[i];
    }
    return product;
  }

  /** Requires that a tensor of this rank may be. */
  static void rank(NodeContext node, Value value, int rank) {
    node.require(rank <= MAX_RANK, value, "rank " + rank + " is over " + MAX_RANK);
  }
}

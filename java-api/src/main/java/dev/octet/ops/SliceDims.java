// SPDX-License-Identifier: Apache-2.0
package dev.octet.ops;

import dev.octet.graph.NodeContext;
import dev.octet.graph.Value;
import java.util.Arrays;

/** The lists of dimensions by which STABLEHLO_GATHER and STABLEHLO_SCATTER place slices. */
final class SliceDims {
  private SliceDims() {}

  /** The list as different dimensions of {@code rank}. */
  static int[] of(NodeContext node, Value value, String what, long[] list, int rank) {
    int[] dims = new int[list.length];
    boolean[] seen = new boolean[rank];
    for (int i = 0; i < dims.length; i++) {
      node.require(
          list[i] >= 0 && list[i] < rank && !seen[(int) list[i]],
          value,
          what + " " + Arrays.toString(list) + " does not go with rank " + rank);
      dims[i] = (int) list[i];
      seen[dims[i]] = true;
    }
    return dims;
  }

  /** The dimensions of {@code rank} that the list has not, in order. */
  static int[] others(int[] list, int rank) {
    int[] others = new int[rank - list.length];
    int count = 0;
    for (int dim = 0; dim < rank; dim++) {
      if (!contains(list, dim)) {
        others[count++] = dim;
      }
    }
    return others;
  }

  static boolean contains(int[] list, int dim) {
    for (int each : list) {
      if (each == dim) {
        return true;
      }
    }
    return false;
  }

  /** Elements from one index of each dimension to the next, row-major. */
  static int[] strides(int[] shape) {
    int[] strides = new int[shape.length];
    int stride = 1;
    for (int i = shape.length - 1; i >= 0; i--) {
      strides[i] = stride;
      stride *= shape[i];
    }
    return strides;
  }

  /** Counts {@code at} on, over these dimensions of {@code shape}; false when it is at its end. */
  static boolean next(int[] at, int[] shape, int[] dims) {
    for (int i = dims.length - 1; i >= 0; i--) {
      if (++at[dims[i]] < shape[dims[i]]) {
        return true;
      }
      at[dims[i]] = 0;
    }
    return false;
  }

  static int dot(int[] at, int[] strides) {
    int sum = 0;
    for (int i = 0; i < at.length; i++) {
      sum += at[i] * strides[i];
    }
    return sum;
  }
}

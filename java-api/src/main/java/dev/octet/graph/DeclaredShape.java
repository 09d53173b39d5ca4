// SPDX-License-Identifier: Apache-2.0
package dev.octet.graph;

import java.util.Arrays;

/**
 * A tensor's shape as its file has it; never to be written.
 *
 * @param dims the dimensions; where they are open, the ones that the file was made with
 * @param signature the dimensions with -1 where they are open
 */
public record DeclaredShape(int[] dims, int[] signature) {
  /** True when the file leaves dimension {@code axis} to whoever runs the model. */
  public boolean open(int axis) {
    return axis < signature.length && signature[axis] == -1;
  }

  /** True for the shape that the file has, but for another number of rows: of its dimension 0. */
  public boolean sameRows(int[] shape) {
    return dims.length > 0
        && shape.length == dims.length
        && Arrays.equals(shape, 1, shape.length, dims, 1, dims.length);
  }
}

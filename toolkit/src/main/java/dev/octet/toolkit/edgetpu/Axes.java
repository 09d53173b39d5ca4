// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.edgetpu;

import dev.octet.TensorType;
import dev.octet.toolkit.model.EditableTensor;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Axes of a tensor as the model page names them: the three innermost are y, x and z; what is before
 * them is the batch.
 */
final class Axes {
  private Axes() {}

  /**
   * True for an axis before the three innermost, and for the first one of a matrix or volume where
   * it has one index: files write a batch of one there.
   */
  static boolean batch(int[] shape, int axis) {
    return axis < shape.length - 3 || axis == 0 && shape.length > 1 && shape[0] == 1;
  }

  /** True for the innermost axis. */
  static boolean z(int[] shape, int axis) {
    return axis == shape.length - 1;
  }

  /**
   * An axis that a file counts from the end where it is negative.
   *
   * @throws IllegalArgumentException unless it is one of {@code rank} axes
   */
  static int positive(int axis, int rank) {
    if (axis < -rank || axis >= rank) {
      throw new IllegalArgumentException("axis " + axis + " of " + rank + " dimensions");
    }
    return axis < 0 ? axis + rank : axis;
  }

  /** The same for a constant that holds one axis. */
  static int positive(int[] axis, int rank) {
    if (axis.length != 1) {
      throw new IllegalArgumentException(axis.length + " axes where one is to be");
    }
    return positive(axis[0], rank);
  }

  /** How many indices the axes before the {@code inner} innermost have together. */
  static long outer(int[] shape, int inner) {
    long product = 1;
    for (int i = 0; i < shape.length - inner; i++) {
      product *= shape[i];
    }
    return product;
  }

  /** Such as {@code 1x48x48x17}. */
  static String words(int[] shape) {
    return shape.length == 0
        ? "scalar"
        : Arrays.stream(shape)
            .mapToObj(Integer::toString)
            .reduce((a, b) -> a + "x" + b)
            .orElseThrow();
  }

  /** The contents of an INT32 or INT64 constant. */
  static int[] ints(EditableTensor constant) {
    ByteBuffer data = constant.data();
    boolean wide = constant.type() == TensorType.INT64;
    int[] values = new int[data.remaining() / (wide ? 8 : 4)];
    for (int i = 0; i < values.length; i++) {
      values[i] = wide ? Math.toIntExact(data.getLong()) : data.getInt();
    }
    return values;
  }
}

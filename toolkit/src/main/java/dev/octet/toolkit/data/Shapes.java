// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.data;

import java.util.Arrays;

/** Comparison of shapes. */
final class Shapes {
  private Shapes() {}

  /** Dimensions without those of 1. */
  static int[] withoutOnes(int[] shape) {
    return Arrays.stream(shape).filter(d -> d != 1).toArray();
  }

  /** Tells whether two shapes are the same but for dimensions of 1. */
  static boolean same(int[] a, int[] b) {
    return Arrays.equals(withoutOnes(a), withoutOnes(b));
  }

  /** Tells whether a dimension is open (-1). */
  static boolean isOpen(int[] shape) {
    return Arrays.stream(shape).anyMatch(d -> d < 0);
  }

  /** Product of the dimensions; saturates at the largest long. */
  static long elements(int[] shape) {
    long product = 1;
    for (int d : shape) {
      if (d == 0) {
        return 0;
      }
      product = product > Long.MAX_VALUE / d ? Long.MAX_VALUE : product * d;
    }
    return product;
  }

  /**
   * The shape that an array takes in an input.
   *
   * @param wanted the input's dimensions, -1 where any will do
   * @return dimensions of {@code wanted}'s rank, or null when {@code array} does not fit: it must
   *     equal {@code wanted} but for dimensions of 1; where {@code wanted} leaves a dimension open,
   *     only leading ones of {@code wanted} may be missing
   */
  static int[] fit(int[] wanted, int[] array) {
    if (!isOpen(wanted)) {
      return same(wanted, array) ? wanted.clone() : null;
    }
    int missing = wanted.length - array.length;
    if (missing < 0) {
      return null;
    }
    int[] shape = wanted.clone();
    for (int i = 0; i < wanted.length; i++) {
      int d = i < missing ? 1 : array[i - missing];
      if (wanted[i] >= 0 && wanted[i] != d) {
        return null;
      }
      shape[i] = d;
    }
    return shape;
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.octet.ops;

import dev.octet.graph.DeclaredShape;
import dev.octet.graph.NodeContext;
import dev.octet.graph.Value;

/**
 * What becomes of constants that name a number of rows, indices of dimension 0, when the model runs
 * with more rows than it was made with.
 */
final class Rows {
  private Rows() {}

  /**
   * Refuses a constant selection of {@code count} rows that, of the shape in the file, is all rows,
   * and of this one is not: it would drop what a resize has added. Where the file leaves the number
   * of rows open the constant means what it says.
   */
  static void requireNoneLost(NodeContext node, int begin, int stride, int count) {
    Value x = node.input(0);
    DeclaredShape declared = x.declared();
    boolean all =
        declared != null
            && declared.sameRows(x.shape())
            && !declared.open(0)
            && declared.dims()[0] == count
            // of one row, whatever takes one
            && (count == 1 || begin == 0 && stride == 1);
    node.require(
        !all || x.dim(0) <= count,
        x,
        "was resized, but a constant takes the " + count + " rows of the model's own shape");
  }

  /**
   * The first dimension that a constant shape should have had: this value's, where both are rows.
   * That is where the file's shapes have equal first dimensions, and equally many elements after
   * it, so that row i of one is row i of the other however many there are.
   *
   * @return {@code shape[0]} where that does not hold
   */
  static int scaled(Value x, int[] shape) {
    if (shape.length == 0
        || x.declared() == null
        || !x.declared().sameRows(x.shape())
        || x.declared().dims()[0] != shape[0]) {
      return shape.length == 0 ? 0 : shape[0];
    }
    return product(x.shape()) == product(shape) ? x.dim(0) : shape[0];
  }

  /** Elements of a row, -1 when there is no telling. */
  private static long product(int[] shape) {
    long product = 1;
    for (int i = 1; i < shape.length; i++) {
      if (shape[i] < 0 || product > Integer.MAX_VALUE) {
        return -1;
      }
      product *= shape[i];
    }
    return product;
  }
}

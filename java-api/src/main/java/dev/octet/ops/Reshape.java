// SPDX-License-Identifier: Apache-2.0
package dev.octet.ops;

import dev.octet.TensorType;
import dev.octet.graph.NodeContext;
import dev.octet.graph.Value;
import dev.octet.tflite.BuiltinOperator;

/**
 * The input's elements under another shape, from the second input or from the options; one
 * dimension may be -1 and takes what the others leave. Both are the same memory.
 *
 * <p>A shape that fits the file's input but not this one is that of a model made for fewer rows: it
 * gets this input's number of rows, where {@link Rows#scaled} finds that sound, and is refused
 * elsewhere.
 *
 * @param newShape the options' shape, used when there is no second input
 */
record Reshape(int[] newShape) implements SameElements {
  static final OpSpec SPEC =
      new OpSpec(
          BuiltinOperator.RESHAPE, 1, "any", o -> new Reshape(o.options().ints("new_shape")));

  @Override
  public String name() {
    return "RESHAPE";
  }

  @Override
  public void check(NodeContext node) {
    node.arity(1, 2, 1);
    requireMovable(node);
  }

  // A shape tensor that is no int32 vector is an old converter's way of saying: see the options.
  private static boolean byInput(NodeContext node) {
    return node.has(1) && node.input(1).rank() == 1 && node.input(1).type() == TensorType.INT32;
  }

  @Override
  public boolean decides(NodeContext node, int i) {
    return i == 1 && byInput(node);
  }

  private int[] wanted(NodeContext node) {
    if (byInput(node)) {
      Value shape = node.input(1);
      node.require(shape.dim(0) <= 8, shape, "rank " + shape.dim(0) + " is over 8");
      return Parameters.ints(node, shape, shape.dim(0));
    }
    boolean scalar = newShape.length == 1 && newShape[0] == 0;
    node.require(newShape.length <= 8, null, "rank " + newShape.length + " is over 8");
    return scalar ? new int[0] : newShape.clone();
  }

  @Override
  public int[][] infer(NodeContext node) {
    if (byInput(node) && !node.input(1).constant()) {
      return new int[1][];
    }
    Value input = node.input(0);
    int[] shape = wanted(node);
    long known = 1;
    long nonZero = 1;
    int open = -1;
    for (int i = 0; i < shape.length; i++) {
      if (shape[i] == -1) {
        node.require(open < 0, node.output(0), "more than one dimension is -1");
        open = i;
      } else {
        node.require(shape[i] >= 0, node.output(0), "dimension " + shape[i] + " is negative");
        known *= shape[i];
        nonZero *= Math.max(1, shape[i]);
        node.require(nonZero <= Integer.MAX_VALUE, node.output(0), "the new shape is too large");
      }
    }
    if (open >= 0) {
      shape[open] = open(input, known, nonZero);
      known *= shape[open];
    } else if (known != input.elements()) {
      int rows = Rows.scaled(input, shape);
      if (shape.length > 0 && rows != shape[0]) {
        shape[0] = rows;
        known = input.elements();
      }
    }
    node.require(
        known == input.elements(),
        input,
        "has " + input.elements() + " elements, the new shape " + known);
    return new int[][] {shape};
  }

  /** What -1 stands for, as TensorFlow Lite counts; may not fit. */
  private static int open(Value input, long known, long nonZero) {
    if (input.elements() == 0 && known != 0) {
      return 0;
    }
    long product = 1;
    for (int dim : input.shape()) {
      product *= Math.max(1, dim);
      if (product > Integer.MAX_VALUE) {
        return 0;
      }
    }
    return (int) (product / nonZero);
  }
}

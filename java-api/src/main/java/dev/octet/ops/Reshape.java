// SPDX-License-Identifier: Apache-2.0
package dev.octet.ops;

import dev.octet.TensorType;
import dev.octet.graph.NodeContext;
import dev.octet.graph.Value;
import dev.octet.program.Emitter;
import dev.octet.tflite.BuiltinOperator;
import java.nio.ByteBuffer;

/**
 * The input's elements under another shape, from the constant second input or from the options; one
 * dimension may be -1 and takes what the others leave. No instruction: both are the same memory.
 *
 * @param newShape the options' shape, used when there is no second input
 */
record Reshape(int[] newShape) implements Op {
  static final OpSpec SPEC =
      new OpSpec(
          BuiltinOperator.RESHAPE,
          1,
          "f32 i8 u8 i16 i32 i64 bool",
          o -> new Reshape(o.options().ints("new_shape")));

  @Override
  public String name() {
    return "RESHAPE";
  }

  @Override
  public void check(NodeContext node) {
    node.arity(1, 2, 1);
    node.require(
        node.input(0).type() == node.output(0).type(),
        node.output(0),
        "type differs from the input's, " + node.input(0).type());
    node.require(node.input(0).type().bytes() > 0, node.input(0), "type has no fixed element size");
    if (node.has(1)) {
      node.type(node.input(1), TensorType.INT32);
      node.require(node.input(1).constant(), node.input(1), "the new shape is not constant");
    }
  }

  @Override
  public int[][] infer(NodeContext node) {
    Value input = node.input(0);
    // A scalar shape tensor is an old converter's way of saying: see the options.
    boolean byInput = node.has(1) && node.input(1).rank() == 1;
    int[] shape = byInput ? node.input(1).ints() : newShape.clone();
    long known = 1;
    int open = -1;
    for (int i = 0; i < shape.length; i++) {
      if (shape[i] == -1) {
        node.require(open < 0, node.output(0), "more than one dimension is -1");
        open = i;
      } else {
        node.require(shape[i] >= 0, node.output(0), "dimension " + shape[i] + " is negative");
        known *= shape[i];
        node.require(known <= Integer.MAX_VALUE, node.output(0), "the new shape is too large");
      }
    }
    if (open >= 0) {
      node.require(
          known != 0 && input.elements() % known == 0,
          node.output(0),
          "-1 cannot stand for " + input.elements() + " / " + known + " elements");
      shape[open] = Math.toIntExact(input.elements() / known);
      known *= shape[open];
    }
    node.require(
        known == input.elements(),
        input,
        "has " + input.elements() + " elements, the new shape " + known);
    return new int[][] {shape};
  }

  @Override
  public void emit(NodeContext node, Emitter emitter) {
    emitter.alias(node.output(0), node.input(0));
  }

  @Override
  public ByteBuffer fold(NodeContext node) {
    return node.input(0).contents();
  }

  @Override
  public boolean acceptsFlip() {
    return true;
  }

  @Override
  public boolean reshapes() {
    return true;
  }
}

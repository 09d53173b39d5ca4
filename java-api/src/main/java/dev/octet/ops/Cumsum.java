// SPDX-License-Identifier: Apache-2.0
package dev.octet.ops;

import dev.octet.TensorType;
import dev.octet.graph.NodeContext;
import dev.octet.graph.Value;
import dev.octet.program.Emitter;
import dev.octet.program.Kernels;
import dev.octet.tflite.BuiltinOperator;
import dev.octet.tflite.Table;

/**
 * Sums of the elements up to and including (or, when {@code exclusive}, before) each one along the
 * axis that the second input names, an int32 scalar that may be run-time data; {@code reverse} adds
 * from the end. Integers wrap.
 */
record Cumsum(boolean exclusive, boolean reverse) implements Op {
  static final OpSpec SPEC =
      new OpSpec(BuiltinOperator.CUMSUM, 1, "f32 i32 i64", o -> of(o.options()));

  private static Cumsum of(Table options) {
    return new Cumsum(options.bool("exclusive"), options.bool("reverse"));
  }

  @Override
  public String name() {
    return "CUMSUM";
  }

  @Override
  public void check(NodeContext node) {
    node.arity(2, 2, 1);
    Value x = node.input(0);
    node.type(x, TensorType.FLOAT32, TensorType.INT32, TensorType.INT64);
    node.type(node.input(1), TensorType.INT32);
    node.type(node.output(0), x.type());
  }

  @Override
  public int[][] infer(NodeContext node) {
    Value x = node.input(0);
    Value axis = node.input(1);
    node.require(x.rank() >= 1, x, "is a scalar");
    node.require(axis.elements() == 1, axis, "has not one element");
    if (axis.constant()) {
      Axes.of(node, axis, x.rank());
    }
    return new int[][] {x.shape()};
  }

  @Override
  public void emit(NodeContext node, Emitter emitter) {
    Value x = node.input(0);
    Value y = node.output(0);
    emitter
        .instruction(Kernels.CUMSUM)
        .in("x", x)
        .in("axis", node.input(1))
        .out("y", y)
        .i32("exclusive", exclusive ? 1 : 0)
        .i32("reverse", reverse ? 1 : 0)
        .inPlace(y, x)
        .emit();
  }
}

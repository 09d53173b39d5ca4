// SPDX-License-Identifier: Apache-2.0
package dev.octet.ops;

import dev.octet.TensorType;
import dev.octet.graph.NodeContext;
import dev.octet.graph.Value;
import dev.octet.program.Emitter;
import dev.octet.program.Kernels;
import dev.octet.tflite.BuiltinOperator;

/**
 * The place of the greatest (ARG_MAX) or least (ARG_MIN) element along the axis that the second
 * input names, an int32 or int64 scalar; the first of equals. The axis goes away. y is int32 or
 * int64, as the options say.
 */
record ArgMinMax(BuiltinOperator operator, int outputType) implements Op {
  static final OpSpec MAX = spec(BuiltinOperator.ARG_MAX);
  static final OpSpec MIN = spec(BuiltinOperator.ARG_MIN);

  private static OpSpec spec(BuiltinOperator operator) {
    return new OpSpec(
        operator,
        3,
        "f32 i8 u8 i32 bool",
        o -> new ArgMinMax(operator, o.options().integer("output_type")));
  }

  @Override
  public String name() {
    return operator.name();
  }

  @Override
  public void check(NodeContext node) {
    node.arity(2, 2, 1);
    Value y = node.output(0);
    node.type(
        node.input(0),
        TensorType.FLOAT32,
        TensorType.INT8,
        TensorType.UINT8,
        TensorType.INT32,
        TensorType.BOOL);
    node.type(node.input(1), TensorType.INT32, TensorType.INT64);
    node.type(y, TensorType.INT32, TensorType.INT64);
    node.require(
        y.type() == TensorType.of(outputType), y, "type is not that of the operator's options");
  }

  @Override
  public int[][] infer(NodeContext node) {
    Value x = node.input(0);
    node.require(x.rank() >= 1, x, "is a scalar");
    if (!node.input(1).constant()) {
      return new int[][] {null};
    }
    int axis = Axes.of(node, node.input(1), x.rank());
    int[] shape = new int[x.rank() - 1];
    for (int i = 0; i < shape.length; i++) {
      shape[i] = x.dim(i < axis ? i : i + 1);
    }
    return new int[][] {shape};
  }

  @Override
  public void emit(NodeContext node, Emitter emitter) {
    emitter
        .instruction(Kernels.ARG_MIN_MAX)
        .in("x", node.input(0))
        .out("y", node.output(0))
        .i32("axis", Axes.of(node, node.input(1), node.input(0).rank()))
        .i32("maximum", operator == BuiltinOperator.ARG_MAX ? 1 : 0)
        .emit();
  }

  @Override
  public boolean acceptsFlip() {
    return true;
  }
}

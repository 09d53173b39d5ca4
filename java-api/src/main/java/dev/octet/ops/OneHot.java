// SPDX-License-Identifier: Apache-2.0
package dev.octet.ops;

import dev.octet.TensorType;
import dev.octet.graph.NodeContext;
import dev.octet.graph.Value;
import dev.octet.program.Emitter;
import dev.octet.program.Kernels;
import dev.octet.tflite.BuiltinOperator;

/**
 * {@code y[o.., j, r..] = indices[o.., r..] == j ? on : off}, j of 0 to depth - 1 along {@code
 * axis} (-1: the last). Inputs: indices (int32, int64), depth (int32), on, off; the latter three
 * have one element. An index that is no j gives off.
 */
record OneHot(int axis) implements Op {
  static final OpSpec SPEC =
      new OpSpec(
          BuiltinOperator.ONE_HOT,
          1,
          "f32 i8 u8 i32 i64 bool",
          o -> new OneHot(o.options().integer("axis")));

  @Override
  public String name() {
    return "ONE_HOT";
  }

  @Override
  public void check(NodeContext node) {
    node.arity(4, 4, 1);
    Value on = node.input(2);
    node.type(node.input(0), TensorType.INT32, TensorType.INT64);
    node.type(node.input(1), TensorType.INT32);
    node.type(
        on,
        TensorType.FLOAT32,
        TensorType.INT8,
        TensorType.UINT8,
        TensorType.INT32,
        TensorType.INT64,
        TensorType.BOOL);
    node.type(node.input(3), on.type());
    node.type(node.output(0), on.type());
  }

  private int axis(NodeContext node) {
    Value indices = node.input(0);
    int place = axis == -1 ? indices.rank() : axis;
    node.require(
        place >= 0 && place <= indices.rank(), indices, "axis " + axis + " is out of range");
    return place;
  }

  @Override
  public int[][] infer(NodeContext node) {
    Value indices = node.input(0);
    Axes.rank(node, indices, indices.rank() + 1);
    int axis = axis(node);
    for (int i = 1; i < 4; i++) {
      node.require(one(node.input(i)), node.input(i), "has not one element");
    }
    if (!node.input(1).constant()) {
      return new int[][] {null};
    }
    long depth = Axes.scalar(node, node.input(1));
    node.require(depth >= 0, node.input(1), "is negative");
    int[] shape = new int[indices.rank() + 1];
    for (int i = 0; i < shape.length; i++) {
      shape[i] = i == axis ? (int) depth : indices.dim(i < axis ? i : i - 1);
    }
    return new int[][] {shape};
  }

  private static boolean one(Value value) {
    for (int dim : value.shape()) {
      if (dim != 1) {
        return false;
      }
    }
    return true;
  }

  @Override
  public boolean decides(NodeContext node, int i) {
    return i == 1;
  }

  @Override
  public void emit(NodeContext node, Emitter emitter) {
    emitter
        .instruction(Kernels.ONE_HOT)
        .in("indices", node.input(0))
        .in("on", node.input(2))
        .in("off", node.input(3))
        .out("y", node.output(0))
        .i32("axis", axis(node))
        .emit();
  }
}

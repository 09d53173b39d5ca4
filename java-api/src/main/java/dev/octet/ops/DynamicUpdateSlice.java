// SPDX-License-Identifier: Apache-2.0
package dev.octet.ops;

import dev.octet.TensorType;
import dev.octet.graph.NodeContext;
import dev.octet.graph.Value;
import dev.octet.program.Emitter;
import dev.octet.program.Kernels;
import dev.octet.tflite.BuiltinOperator;

/**
 * x, but the box of the second input's shape that begins at the third input is the second input. A
 * start that is negative counts as 0, one that would push the box out of x as the greatest that
 * does not. Starts are int32 or int64, one for each axis. y may take the memory of x: of a cache
 * only the box is written.
 */
record DynamicUpdateSlice() implements Op {
  static final OpSpec SPEC =
      new OpSpec(
          BuiltinOperator.DYNAMIC_UPDATE_SLICE,
          4,
          "f32 f16 i8 i16 i32 i64 bool",
          o -> new DynamicUpdateSlice());

  @Override
  public String name() {
    return "DYNAMIC_UPDATE_SLICE";
  }

  @Override
  public void check(NodeContext node) {
    node.arity(3, 3, 1);
    Value x = node.input(0);
    node.type(
        x,
        TensorType.FLOAT32,
        TensorType.FLOAT16,
        TensorType.INT8,
        TensorType.INT16,
        TensorType.INT32,
        TensorType.INT64,
        TensorType.BOOL);
    node.type(node.input(1), x.type());
    node.type(node.input(2), TensorType.INT32, TensorType.INT64);
    node.type(node.output(0), x.type());
  }

  @Override
  public int[][] infer(NodeContext node) {
    Value x = node.input(0);
    Value update = node.input(1);
    Value starts = node.input(2);
    node.require(x.rank() >= 1, x, "is a scalar");
    node.rank(starts, 1);
    node.require(starts.dim(0) == x.rank(), starts, "has not a start for each axis");
    node.rank(update, x.rank());
    for (int i = 0; i < x.rank(); i++) {
      node.require(update.dim(i) <= x.dim(i), update, "dimension " + i + " is too long");
    }
    return new int[][] {x.shape()};
  }

  @Override
  public void emit(NodeContext node, Emitter emitter) {
    Value x = node.input(0);
    Value y = node.output(0);
    emitter
        .instruction(Kernels.DYNAMIC_UPDATE_SLICE)
        .in("x", x)
        .in("update", node.input(1))
        .in("starts", node.input(2))
        .out("y", y)
        .inPlace(y, x)
        .emit();
  }
}

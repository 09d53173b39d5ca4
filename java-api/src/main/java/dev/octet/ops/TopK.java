// SPDX-License-Identifier: Apache-2.0
package dev.octet.ops;

import dev.octet.TensorType;
import dev.octet.graph.NodeContext;
import dev.octet.graph.Value;
import dev.octet.program.Emitter;
import dev.octet.program.Kernels;
import dev.octet.tflite.BuiltinOperator;

/**
 * The k greatest elements along the last axis, greatest first, equal ones by place; the second
 * output has their places. k is an int16 or int32 scalar, places are int16 or int32. A NaN, whose
 * place TensorFlow Lite leaves open, is less than every number.
 */
record TopK() implements Op {
  static final OpSpec SPEC =
      new OpSpec(BuiltinOperator.TOPK_V2, 3, "f32 i8 u8 i16 i32 i64", o -> new TopK());

  @Override
  public String name() {
    return "TOPK_V2";
  }

  @Override
  public void check(NodeContext node) {
    node.arity(2, 2, 2);
    Value x = node.input(0);
    node.type(
        x,
        TensorType.FLOAT32,
        TensorType.INT8,
        TensorType.UINT8,
        TensorType.INT16,
        TensorType.INT32,
        TensorType.INT64);
    node.type(node.input(1), TensorType.INT16, TensorType.INT32);
    node.type(node.output(0), x.type());
    node.type(node.output(1), TensorType.INT16, TensorType.INT32);
  }

  @Override
  public int[][] infer(NodeContext node) {
    Value x = node.input(0);
    Value k = node.input(1);
    node.require(x.rank() >= 1, x, "is a scalar");
    int last = x.rank() - 1;
    node.require(
        node.output(1).type() == TensorType.INT32 || x.dim(last) <= 1 << 15,
        node.output(1),
        "int16 cannot number the places of a row");
    if (!k.constant()) {
      return new int[][] {null, null};
    }
    long count = Axes.scalar(node, k);
    node.require(
        count >= 0 && count <= x.dim(last), k, "is " + count + ", of rows of " + x.dim(last));
    int[] shape = x.shape().clone();
    shape[last] = (int) count;
    return new int[][] {shape, shape};
  }

  @Override
  public boolean decides(NodeContext node, int i) {
    return i == 1;
  }

  @Override
  public void emit(NodeContext node, Emitter emitter) {
    emitter
        .instruction(Kernels.TOP_K)
        .in("x", node.input(0))
        .out("values", node.output(0))
        .out("indices", node.output(1))
        .emit();
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.octet.ops;

import dev.octet.TensorType;
import dev.octet.graph.NodeContext;
import dev.octet.graph.Value;
import dev.octet.program.Emitter;
import dev.octet.program.Kernels;
import dev.octet.tflite.BuiltinOperator;

/**
 * {@code y = 0; y[indices[i.., 0], .., indices[i.., nd - 1], r..] += updates[i.., r..]} in the
 * order of i, nd the last dimension of indices; the third input is the shape of y. Integers wrap,
 * sums of bools are or. An index that is negative or not less than its axis ends the run
 * (TensorFlow Lite tests the sum of all of them only). Indices and shape are int32.
 */
record ScatterNd() implements Op {
  static final OpSpec SPEC =
      new OpSpec(BuiltinOperator.SCATTER_ND, 1, "f32 i8 u8 i32 i64 bool", o -> new ScatterNd());

  @Override
  public String name() {
    return "SCATTER_ND";
  }

  @Override
  public void check(NodeContext node) {
    node.arity(3, 3, 1);
    Value updates = node.input(1);
    node.type(node.input(0), TensorType.INT32);
    node.type(
        updates,
        TensorType.FLOAT32,
        TensorType.INT8,
        TensorType.UINT8,
        TensorType.INT32,
        TensorType.INT64,
        TensorType.BOOL);
    node.type(node.input(2), TensorType.INT32);
    node.type(node.output(0), updates.type());
  }

  @Override
  public int[][] infer(NodeContext node) {
    Value indices = node.input(0);
    Value updates = node.input(1);
    node.require(indices.rank() >= 1, indices, "is a scalar");
    node.require(updates.rank() >= 1, updates, "is a scalar");
    node.rank(node.input(2), 1);
    if (!node.input(2).constant()) {
      return new int[][] {null};
    }
    int[] shape = Axes.shape(node, node.input(2));
    int outer = indices.rank() - 1;
    int nd = indices.dim(outer);
    node.require(nd <= shape.length, indices, "has " + nd + " indices for rank " + shape.length);
    boolean match = updates.rank() == outer + shape.length - nd;
    for (int i = 0; match && i < updates.rank(); i++) {
      match = updates.dim(i) == (i < outer ? indices.dim(i) : shape[i - outer + nd]);
    }
    node.require(match, updates, "shape does not go with those of indices and output");
    return new int[][] {shape};
  }

  @Override
  public boolean decides(NodeContext node, int i) {
    return i == 2;
  }

  @Override
  public void emit(NodeContext node, Emitter emitter) {
    emitter
        .instruction(Kernels.SCATTER_ND)
        .in("indices", node.input(0))
        .in("updates", node.input(1))
        .out("y", node.output(0))
        .emit();
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.octet.ops;

import dev.octet.TensorType;
import dev.octet.graph.NodeContext;
import dev.octet.graph.Value;
import dev.octet.program.Emitter;
import dev.octet.program.HostCall;
import dev.octet.program.HostTensor;
import dev.octet.program.Kernels;
import dev.octet.tflite.BuiltinOperator;

/**
 * {@code y[i.., r..] = x[indices[i.., 0], .., indices[i.., nd - 1], r..]}, nd the last dimension of
 * indices. An index that is negative or not less than its axis ends the run (TensorFlow Lite tests
 * the sum of all of them only). x and y are of one type and share their quantization; indices
 * int16, int32, int64.
 */
record GatherNd() implements Op {
  private static final String TYPES = "f32 f16 bf16 i8 u8 i16 i32 i64 bool str";
  static final OpSpec SPEC = new OpSpec(BuiltinOperator.GATHER_ND, 5, TYPES, o -> new GatherNd());

  @Override
  public String name() {
    return "GATHER_ND";
  }

  @Override
  public void check(NodeContext node) {
    node.arity(2, 2, 1);
    Value x = node.input(0);
    node.type(x, Parameters.types(TYPES));
    node.type(node.input(1), TensorType.INT16, TensorType.INT32, TensorType.INT64);
    node.type(node.output(0), x.type());
  }

  @Override
  public int[][] infer(NodeContext node) {
    Value x = node.input(0);
    Value indices = node.input(1);
    node.require(x.rank() >= 1, x, "is a scalar");
    node.require(indices.rank() >= 1, indices, "is a scalar");
    int outer = indices.rank() - 1;
    int nd = indices.dim(outer);
    node.require(nd <= x.rank(), indices, "has " + nd + " indices for rank " + x.rank());
    int[] shape = new int[outer + x.rank() - nd];
    Axes.rank(node, node.output(0), shape.length);
    for (int i = 0; i < outer; i++) {
      shape[i] = indices.dim(i);
    }
    for (int i = nd; i < x.rank(); i++) {
      shape[outer + i - nd] = x.dim(i);
    }
    return new int[][] {shape};
  }

  private int[] sources(HostCall call) {
    NodeContext node = call.node();
    Value x = node.input(0);
    HostTensor indices = call.input(1);
    int nd = indices.shape()[indices.shape().length - 1];
    int slice = Axes.product(x.shape(), nd, x.rank());
    int[] from = new int[(int) node.output(0).elements()];
    for (int i = 0; i < from.length; i++) {
      int at = 0;
      for (int axis = 0; axis < nd; axis++) {
        at = at * x.dim(axis) + Axes.index(call, indices, i / slice * nd + axis, x.dim(axis));
      }
      from[i] = at * slice + i % slice;
    }
    return from;
  }

  @Override
  public void emit(NodeContext node, Emitter emitter) {
    if (node.input(0).type().bytes() == 0) {
      emitter.host(node, new GatherHosted(this, this::sources));
      return;
    }
    emitter
        .instruction(Kernels.GATHER_ND)
        .in("x", node.input(0))
        .in("indices", node.input(1))
        .out("y", node.output(0))
        .emit();
  }
}

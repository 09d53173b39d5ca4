// SPDX-License-Identifier: Apache-2.0
package dev.octet.ops;

import dev.octet.TensorType;
import dev.octet.graph.NodeContext;
import dev.octet.graph.Value;
import dev.octet.program.HostCall;
import dev.octet.program.HostTensor;
import dev.octet.tflite.BuiltinOperator;
import java.nio.ByteBuffer;

/**
 * {@code y[indices[i, 0], .., indices[i, n - 1]] = values[i]}, the default value elsewhere; of
 * equal indices the last counts. Inputs: indices (int32 or int64; [i, n], or [i] or a scalar for n
 * = 1), the shape of y (n of 0 to 4), values (one for each i, or a scalar with a single i), the
 * default. An index that is negative or not less than its axis ends the run.
 */
record SparseToDense() implements HostOp {
  static final OpSpec SPEC =
      new OpSpec(BuiltinOperator.SPARSE_TO_DENSE, 3, "f32 i8 u8 i32 i64", o -> new SparseToDense());

  private static final int GREATEST_RANK = 4;

  @Override
  public String name() {
    return "SPARSE_TO_DENSE";
  }

  @Override
  public void check(NodeContext node) {
    node.arity(4, 4, 1);
    Value values = node.input(2);
    node.type(node.input(0), TensorType.INT32, TensorType.INT64);
    node.type(node.input(1), TensorType.INT32, TensorType.INT64);
    node.type(
        values,
        TensorType.FLOAT32,
        TensorType.INT8,
        TensorType.UINT8,
        TensorType.INT32,
        TensorType.INT64);
    node.type(node.input(3), values.type());
    node.type(node.output(0), values.type());
  }

  @Override
  public int[][] infer(NodeContext node) {
    Value indices = node.input(0);
    Value shape = node.input(1);
    Value values = node.input(2);
    node.require(indices.rank() <= 2, indices, "rank " + indices.rank() + " is over 2");
    node.rank(shape, 1);
    node.require(values.rank() <= 1, values, "rank " + values.rank() + " is over 1");
    node.require(node.input(3).elements() == 1, node.input(3), "has not one element");
    int rank = indices.rank() == 2 ? indices.dim(1) : 1;
    int count = indices.rank() == 0 ? 1 : indices.dim(0);
    node.require(rank <= GREATEST_RANK, indices, "has indices of more than 4 axes");
    node.require(shape.dim(0) == rank, shape, "has not " + rank + " dimensions");
    node.require(
        values.rank() == 0 ? count == 1 : values.dim(0) >= count,
        values,
        "has not a value for each of " + count + " indices");
    return new int[][] {shape.constant() ? Axes.shape(node, shape) : null};
  }

  @Override
  public void run(HostCall call) {
    HostTensor indices = call.input(0);
    HostTensor dims = call.input(1);
    int rank = dims.elements();
    int[] shape = new int[rank];
    for (int i = 0; i < rank; i++) {
      shape[i] = dims.integer(i);
      if (shape[i] < 0) {
        throw call.failure("dimension " + shape[i] + " is negative");
      }
    }
    int size = call.node().output(0).type().bytes();
    ByteBuffer values = call.input(2).data();
    ByteBuffer y = call.output(0, shape);
    int elements = Axes.product(shape, 0, rank);
    if (elements > 0) {
      y.put(0, call.input(3).data(), 0, size);
    }
    for (int filled = 1; filled < elements; ) {
      int more = Math.min(filled, elements - filled);
      y.put(filled * size, y, 0, more * size);
      filled += more;
    }
    int count = indices.shape().length == 0 ? 1 : indices.shape()[0];
    for (int i = 0; i < count; i++) {
      if (i % HostCall.PAUSE == 0) {
        call.checkStopped();
      }
      int to = 0;
      for (int axis = 0; axis < rank; axis++) {
        to = to * shape[axis] + Axes.index(call, indices, i * rank + axis, shape[axis]);
      }
      switch (size) {
        case 1 -> y.put(to, values.get(i));
        case 4 -> y.putInt(4 * to, values.getInt(4 * i));
        default -> y.putLong(8 * to, values.getLong(8 * i));
      }
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.octet.ops;

import dev.octet.TensorType;
import dev.octet.graph.NodeContext;
import dev.octet.graph.Value;
import dev.octet.program.HostCall;
import dev.octet.program.HostTensor;
import dev.octet.tflite.BuiltinOperator;
import dev.octet.tflite.Combiner;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;

/**
 * Weighted sums of rows of a table: {@code y[indices[i, 0 to n - 2], r..] += weights[i] *
 * table[ids[i], r..]}, in the order of i; MEAN then divides by the sum of the weights, SQRTN by the
 * root of the sum of their squares, each run of equal indices by its own. Inputs: ids [i], indices
 * [i, n], shape [n] (its last dimension is not looked at), all int32; weights [i], table [k, r..],
 * float32. An id or index out of range ends the run.
 */
record EmbeddingLookupSparse(Combiner combiner) implements HostOp {
  static final OpSpec SPEC =
      new OpSpec(
          BuiltinOperator.EMBEDDING_LOOKUP_SPARSE,
          1,
          "f32",
          o -> new EmbeddingLookupSparse(o.options().enumeration("combiner", Combiner.class)));

  @Override
  public String name() {
    return "EMBEDDING_LOOKUP_SPARSE";
  }

  @Override
  public void check(NodeContext node) {
    node.arity(5, 5, 1);
    for (int i = 0; i < 3; i++) {
      node.type(node.input(i), TensorType.INT32);
    }
    node.type(node.input(3), TensorType.FLOAT32);
    node.type(node.input(4), TensorType.FLOAT32);
    node.type(node.output(0), TensorType.FLOAT32);
  }

  @Override
  public int[][] infer(NodeContext node) {
    Value ids = node.input(0);
    Value indices = node.input(1);
    Value shape = node.input(2);
    Value table = node.input(4);
    node.rank(ids, 1);
    node.rank(indices, 2);
    node.rank(shape, 1);
    node.rank(node.input(3), 1);
    node.require(table.rank() >= 2, table, "rank " + table.rank() + " is not 2 or more");
    node.require(indices.dim(0) == ids.dim(0), indices, "has not a row for each id");
    node.require(node.input(3).dim(0) == ids.dim(0), node.input(3), "has not one for each id");
    int rank = indices.dim(1);
    node.require(rank >= 1, indices, "has no columns");
    node.require(shape.dim(0) == rank, shape, "has not " + rank + " dimensions");
    Axes.rank(node, node.output(0), rank + table.rank() - 2);
    if (!shape.constant()) {
      return new int[][] {null};
    }
    return new int[][] {shape(Axes.shape(node, shape), table.shape())};
  }

  private static int[] shape(int[] dense, int[] table) {
    int outer = dense.length - 1;
    int[] shape = new int[outer + table.length - 1];
    System.arraycopy(dense, 0, shape, 0, outer);
    System.arraycopy(table, 1, shape, outer, table.length - 1);
    return shape;
  }

  @Override
  public void run(HostCall call) {
    HostTensor ids = call.input(0);
    HostTensor indices = call.input(1);
    HostTensor table = call.input(4);
    int rank = indices.shape()[1];
    int[] dense = new int[rank];
    for (int i = 0; i < rank; i++) {
      dense[i] = call.input(2).integer(i);
      if (i < rank - 1 && dense[i] < 0) {
        throw call.failure("dimension " + dense[i] + " is negative");
      }
    }
    int[] shape = shape(dense, table.shape());
    int row = Axes.product(shape, rank - 1, shape.length);
    ByteBuffer out = call.output(0, shape);
    float[] y = new float[Axes.product(shape, 0, shape.length)];
    FloatBuffer rows = table.data().duplicate().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
    float[] part = new float[row];
    int bucket = 0;
    int summed = 0;
    float weights = 0;
    float squares = 0;
    int count = ids.elements();
    for (int i = 0; i < count; i++) {
      if ((long) i * row % HostCall.PAUSE < row) {
        call.checkStopped();
      }
      int id = Axes.index(call, ids, i, table.shape()[0]);
      int to = 0;
      for (int axis = 0; axis < rank - 1; axis++) {
        to = to * dense[axis] + Axes.index(call, indices, i * rank + axis, dense[axis]);
      }
      if (to != bucket) {
        divide(y, bucket * row, row, summed, weights, squares);
        bucket = to;
        summed = 0;
        weights = 0;
        squares = 0;
      }
      summed++;
      float weight = call.input(3).data().getFloat(4 * i);
      weights += weight;
      squares += weight * weight;
      rows.get(id * row, part);
      for (int k = 0; k < row; k++) {
        y[to * row + k] += part[k] * weight;
      }
    }
    divide(y, bucket * row, row, summed, weights, squares);
    out.asFloatBuffer().put(y);
  }

  private void divide(float[] y, int first, int row, int summed, float weights, float squares) {
    if (combiner == Combiner.SUM || summed == 0) {
      return;
    }
    float divisor = combiner == Combiner.MEAN ? weights : (float) Math.sqrt(squares);
    for (int at = first; at < first + row; at++) {
      y[at] /= divisor;
    }
  }
}

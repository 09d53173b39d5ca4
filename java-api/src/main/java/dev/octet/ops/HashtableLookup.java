// SPDX-License-Identifier: Apache-2.0
package dev.octet.ops;

import dev.octet.TensorType;
import dev.octet.graph.NodeContext;
import dev.octet.graph.Value;
import dev.octet.program.HostCall;
import dev.octet.program.HostTensor;
import dev.octet.program.Strings;
import dev.octet.tflite.BuiltinOperator;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * {@code y[i] = values[k]} with {@code keys[k] == lookup[i]}, found by bisection in ascending int32
 * keys; zeros or an empty string where there is none. The second output is uint8: 1 where it was
 * found, else 0. Values are of any type; strings have rank 1.
 */
record HashtableLookup() implements HostOp {
  private static final String TYPES = "f32 i8 u8 i16 i32 i64 bool str";
  static final OpSpec SPEC =
      new OpSpec(BuiltinOperator.HASHTABLE_LOOKUP, 1, TYPES, o -> new HashtableLookup());

  @Override
  public String name() {
    return "HASHTABLE_LOOKUP";
  }

  @Override
  public void check(NodeContext node) {
    node.arity(3, 3, 2);
    Value values = node.input(2);
    node.type(node.input(0), TensorType.INT32);
    node.type(node.input(1), TensorType.INT32);
    node.type(values, Parameters.types(TYPES));
    node.type(node.output(0), values.type());
    node.type(node.output(1), TensorType.UINT8);
  }

  @Override
  public int[][] infer(NodeContext node) {
    Value keys = node.input(1);
    Value values = node.input(2);
    node.rank(node.input(0), 1);
    node.rank(keys, 1);
    node.require(
        values.type() == TensorType.STRING ? values.rank() == 1 : values.rank() >= 1,
        values,
        "rank " + values.rank() + " is not allowed");
    node.require(values.dim(0) == keys.dim(0), values, "has not a row for each key");
    int[] shape = values.shape().clone();
    shape[0] = node.input(0).dim(0);
    return new int[][] {shape, {shape[0]}};
  }

  @Override
  public void run(HostCall call) {
    int[] keys = call.input(1).ints();
    int[] lookup = call.input(0).ints();
    int[] found = new int[lookup.length];
    ByteBuffer hits = call.output(1, lookup.length);
    for (int i = 0; i < found.length; i++) {
      if (i % HostCall.PAUSE == 0) {
        call.checkStopped();
      }
      found[i] = find(keys, lookup[i]);
      hits.put(i, (byte) (found[i] < 0 ? 0 : 1));
    }
    HostTensor values = call.input(2);
    int[] shape = call.node().output(0).shape();
    if (values.type() == TensorType.STRING) {
      byte[][] strings = Strings.of(values);
      byte[][] y = new byte[found.length][];
      Arrays.setAll(y, i -> found[i] < 0 ? new byte[0] : strings[found[i]]);
      call.output(0, Strings.tensor(shape, y));
      return;
    }
    int row = Axes.product(shape, 1, shape.length) * values.type().bytes();
    ByteBuffer y = call.output(0, shape);
    byte[] zeros = new byte[row];
    for (int i = 0; i < found.length; i++) {
      if (found[i] < 0) {
        y.put(i * row, zeros);
      } else {
        y.put(i * row, values.data(), found[i] * row, row);
      }
    }
  }

  /** As C's bsearch halves; it matters where a key is there twice. */
  private static int find(int[] keys, int key) {
    int low = 0;
    int high = keys.length;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (keys[middle] == key) {
        return middle;
      } else if (key < keys[middle]) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return -1;
  }
}

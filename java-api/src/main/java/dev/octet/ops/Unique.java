// SPDX-License-Identifier: Apache-2.0
package dev.octet.ops;

import dev.octet.TensorType;
import dev.octet.graph.NodeContext;
import dev.octet.graph.Value;
import dev.octet.program.HostCall;
import dev.octet.program.HostTensor;
import dev.octet.tflite.BuiltinOperator;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;

/**
 * The different elements of a vector in the order in which they first appear, and for each element
 * of the vector its number among them. -0 is 0, and all NaNs are one.
 *
 * @param indexType of the numbers, int32 or int64
 */
record Unique(TensorType indexType) implements HostOp {
  private static final String TYPES = "f32 i8 u8 i16 i32 i64";

  static final OpSpec SPEC =
      new OpSpec(
          BuiltinOperator.UNIQUE,
          1,
          TYPES,
          o -> new Unique(o.options().enumeration("idx_out_type", TensorType.class)));

  @Override
  public String name() {
    return "UNIQUE";
  }

  @Override
  public void check(NodeContext node) {
    node.arity(1, 1, 2);
    Value x = node.input(0);
    node.type(x, Parameters.types(TYPES));
    node.type(node.output(0), x.type());
    node.type(node.output(1), TensorType.INT32, TensorType.INT64);
    node.type(node.output(1), indexType);
  }

  @Override
  public int[][] infer(NodeContext node) {
    node.rank(node.input(0), 1);
    return new int[][] {null, node.input(0).shape()};
  }

  @Override
  public void run(HostCall call) {
    HostTensor x = call.input(0);
    int n = x.elements();
    ByteBuffer numbers = call.output(1, n);
    Map<Long, Integer> known = new HashMap<>();
    int[] first = new int[n];
    for (int i = 0; i < n; i++) {
      if (i % (1 << 13) == 0) {
        call.checkStopped();
      }
      int next = known.size();
      Integer before = known.putIfAbsent(key(x, i), next);
      int number = before == null ? next : before;
      if (before == null) {
        first[next] = i;
      }
      if (indexType == TensorType.INT64) {
        numbers.putLong(8 * i, number);
      } else {
        numbers.putInt(4 * i, number);
      }
    }
    int size = x.type().bytes();
    ByteBuffer values = call.output(0, known.size());
    for (int i = 0; i < known.size(); i++) {
      values.put(i * size, x.data(), first[i] * size, size);
    }
  }

  private static long key(HostTensor x, int i) {
    return switch (x.type()) {
      case FLOAT32 -> Float.floatToIntBits(x.data().getFloat(4 * i) + 0f);
      case INT16 -> x.data().getShort(2 * i);
      case INT32 -> x.data().getInt(4 * i);
      case INT64 -> x.data().getLong(8 * i);
      default -> x.data().get(i);
    };
  }
}

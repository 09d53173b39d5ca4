// SPDX-License-Identifier: Apache-2.0
package dev.octet.ops;

import dev.octet.TensorType;
import dev.octet.graph.NodeContext;
import dev.octet.graph.Value;
import dev.octet.program.HostCall;
import dev.octet.program.HostTensor;
import dev.octet.tflite.BuiltinOperator;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.LongBuffer;
import java.util.Arrays;

/**
 * The coordinates of the elements that are not 0 (a NaN is not 0), one row of int64 each, in
 * row-major order: {@code y[n, rank]}.
 */
record Where() implements HostOp {
  private static final String TYPES = "f32 i8 u8 i32 u32 i64 bool";
  static final OpSpec SPEC = new OpSpec(BuiltinOperator.WHERE, 2, TYPES, o -> new Where());

  private static final Runnable NEVER = () -> {};

  @Override
  public String name() {
    return "WHERE";
  }

  @Override
  public void check(NodeContext node) {
    node.arity(1, 1, 1);
    node.type(node.input(0), Parameters.types(TYPES));
    node.type(node.output(0), TensorType.INT64);
  }

  @Override
  public int[][] infer(NodeContext node) {
    Value x = node.input(0);
    node.require(x.rank() >= 1, x, "is a scalar");
    return new int[][] {
      x.constant() ? new int[] {places(tensor(x), NEVER).length, x.rank()} : null
    };
  }

  private static HostTensor tensor(Value constant) {
    return new HostTensor(constant.type(), constant.shape(), constant.contents());
  }

  @Override
  public ByteBuffer fold(NodeContext node) {
    HostTensor x = tensor(node.input(0));
    ByteBuffer y = ByteBuffer.allocate((int) node.output(0).bytes()).order(ByteOrder.LITTLE_ENDIAN);
    coordinates(places(x, NEVER), x.shape(), y, NEVER);
    return y;
  }

  @Override
  public void run(HostCall call) {
    HostTensor x = call.input(0);
    int[] places = places(x, call::checkStopped);
    ByteBuffer y = call.output(0, places.length, x.shape().length);
    coordinates(places, x.shape(), y, call::checkStopped);
  }

  /** The numbers of the elements that are not 0. */
  private static int[] places(HostTensor x, Runnable pause) {
    int elements = x.elements();
    int[] places = new int[elements];
    byte[] set = new byte[Math.min(elements, HostCall.PAUSE)];
    int count = 0;
    for (int start = 0; start < elements; start += set.length) {
      pause.run();
      int length = Math.min(elements - start, set.length);
      test(x, start, length, set);
      for (int i = 0; i < length; i++) {
        places[count] = start + i;
        count += set[i] != 0 ? 1 : 0;
      }
    }
    return Arrays.copyOf(places, count);
  }

  private static void test(HostTensor x, int start, int length, byte[] set) {
    ByteBuffer in = x.data();
    switch (x.type()) {
      case FLOAT32 -> {
        for (int i = 0; i < length; i++) {
          set[i] = (byte) (in.getFloat(4 * (start + i)) != 0 ? 1 : 0);
        }
      }
      case INT64 -> {
        for (int i = 0; i < length; i++) {
          set[i] = (byte) (in.getLong(8 * (start + i)) != 0 ? 1 : 0);
        }
      }
      case INT32, UINT32 -> {
        for (int i = 0; i < length; i++) {
          set[i] = (byte) (in.getInt(4 * (start + i)) != 0 ? 1 : 0);
        }
      }
      default -> in.get(start, set, 0, length);
    }
  }

  private static void coordinates(int[] places, int[] shape, ByteBuffer y, Runnable pause) {
    int rank = shape.length;
    int last = rank - 1;
    long[] rows = new long[HostCall.PAUSE / Axes.MAX_RANK * rank];
    LongBuffer out = y.asLongBuffer();
    int[] at = new int[rank];
    int before = 0;
    int used = 0;
    for (int place : places) {
      at[last] += place - before;
      before = place;
      if (at[last] >= shape[last]) {
        int rest = place;
        for (int axis = last; axis >= 0; axis--) {
          at[axis] = rest % shape[axis];
          rest /= shape[axis];
        }
      }
      for (int axis = 0; axis < rank; axis++) {
        rows[used++] = at[axis];
      }
      if (used == rows.length) {
        pause.run();
        out.put(rows);
        used = 0;
      }
    }
    out.put(rows, 0, used);
  }
}

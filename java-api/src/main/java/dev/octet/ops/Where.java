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
import java.util.Arrays;

/**
 * The coordinates of the elements that are not 0 (a NaN is not 0), one row of int64 each, in
 * row-major order: {@code y[n, rank]}.
 */
record Where() implements HostOp {
  private static final String TYPES = "f32 i8 u8 i32 u32 i64 bool";
  static final OpSpec SPEC = new OpSpec(BuiltinOperator.WHERE, 2, TYPES, o -> new Where());

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
    if (!x.constant()) {
      return new int[][] {null};
    }
    int[] places = places(x.type(), x.contents(), (int) x.elements(), () -> {});
    return new int[][] {{places.length, x.rank()}};
  }

  @Override
  public ByteBuffer fold(NodeContext node) {
    Value x = node.input(0);
    int[] places = places(x.type(), x.contents(), (int) x.elements(), () -> {});
    ByteBuffer y = ByteBuffer.allocate((int) node.output(0).bytes()).order(ByteOrder.LITTLE_ENDIAN);
    coordinates(places, x.shape(), y, () -> {});
    return y;
  }

  @Override
  public void run(HostCall call) {
    HostTensor x = call.input(0);
    int[] places = places(x.type(), x.data(), x.elements(), call::checkStopped);
    ByteBuffer y = call.output(0, places.length, x.shape().length);
    coordinates(places, x.shape(), y, call::checkStopped);
  }

  private static int[] places(TensorType type, ByteBuffer x, int elements, Runnable pause) {
    int[] places = new int[Math.min(elements, 16)];
    int count = 0;
    for (int i = 0; i < elements; i++) {
      if (i % HostCall.PAUSE == 0) {
        pause.run();
      }
      boolean set =
          switch (type) {
            case FLOAT32 -> x.getFloat(4 * i) != 0;
            case INT64 -> x.getLong(8 * i) != 0;
            case INT32, UINT32 -> x.getInt(4 * i) != 0;
            default -> x.get(i) != 0;
          };
      if (set) {
        if (count == places.length) {
          places = Arrays.copyOf(places, (int) Math.min(elements, 2L * count));
        }
        places[count++] = i;
      }
    }
    return Arrays.copyOf(places, count);
  }

  private static void coordinates(int[] places, int[] shape, ByteBuffer y, Runnable pause) {
    int rank = shape.length;
    for (int i = 0; i < places.length; i++) {
      if (i % HostCall.PAUSE == 0) {
        pause.run();
      }
      int rest = places[i];
      for (int axis = rank - 1; axis >= 0; axis--) {
        y.putLong(8 * (i * rank + axis), rest % shape[axis]);
        rest /= shape[axis];
      }
    }
  }
}

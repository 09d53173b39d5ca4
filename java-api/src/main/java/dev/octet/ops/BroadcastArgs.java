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

/**
 * The shape to which two shapes broadcast; int32 or int64 vectors, aligned at the last, both 1
 * where the shorter one ends. A run fails where two dimensions differ and neither is 1.
 */
record BroadcastArgs() implements HostOp {
  static final OpSpec SPEC =
      new OpSpec(BuiltinOperator.BROADCAST_ARGS, 1, "i32 i64", o -> new BroadcastArgs());

  @Override
  public String name() {
    return "BROADCAST_ARGS";
  }

  @Override
  public void check(NodeContext node) {
    node.arity(2, 2, 1);
    Value a = node.input(0);
    node.type(a, TensorType.INT32, TensorType.INT64);
    node.type(node.input(1), a.type());
    node.type(node.output(0), a.type());
  }

  @Override
  public int[][] infer(NodeContext node) {
    node.rank(node.input(0), 1);
    node.rank(node.input(1), 1);
    return new int[][] {{Math.max(node.input(0).dim(0), node.input(1).dim(0))}};
  }

  /** Dimension {@code i} from the last. */
  private static long dim(TensorType type, ByteBuffer shape, int i) {
    int at = shape.limit() / type.bytes() - 1 - i;
    return at < 0 ? 1 : type == TensorType.INT32 ? shape.getInt(4 * at) : shape.getLong(8 * at);
  }

  /** Fills y; gives false where the shapes do not go together. */
  private static boolean broadcast(TensorType type, ByteBuffer a, ByteBuffer b, ByteBuffer y) {
    int rank = y.limit() / type.bytes();
    for (int i = 0; i < rank; i++) {
      long first = dim(type, a, i);
      long second = dim(type, b, i);
      if (first != second && first != 1 && second != 1) {
        return false;
      }
      long dim = first == 1 ? second : first;
      if (type == TensorType.INT32) {
        y.putInt(4 * (rank - 1 - i), (int) dim);
      } else {
        y.putLong(8 * (rank - 1 - i), dim);
      }
    }
    return true;
  }

  @Override
  public void run(HostCall call) {
    HostTensor a = call.input(0);
    ByteBuffer y = call.output(0, call.node().output(0).shape());
    if (!broadcast(a.type(), a.data(), call.input(1).data(), y)) {
      throw call.failure("the shapes do not go together");
    }
  }

  @Override
  public ByteBuffer fold(NodeContext node) {
    Value a = node.input(0);
    int bytes = Math.toIntExact(node.output(0).bytes());
    ByteBuffer y = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    return broadcast(a.type(), a.contents(), node.input(1).contents(), y) ? y : null;
  }

  @Override
  public boolean decides(NodeContext node, int i) {
    return false;
  }
}

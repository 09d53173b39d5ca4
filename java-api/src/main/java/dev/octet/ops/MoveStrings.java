// SPDX-License-Identifier: Apache-2.0
package dev.octet.ops;

import dev.octet.TensorType;
import dev.octet.graph.NodeContext;
import dev.octet.graph.Value;
import dev.octet.program.HostCall;
import dev.octet.program.HostTensor;
import dev.octet.program.Strings;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Moves strings: their numbers are moved as int32. */
record MoveStrings(MoveOp op) implements HostOp {
  @Override
  public String name() {
    return op.name();
  }

  @Override
  public void check(NodeContext node) {
    op.check(node);
  }

  @Override
  public int[][] infer(NodeContext node) {
    return op.infer(node);
  }

  @Override
  public void run(HostCall call) {
    NodeContext node = call.node();
    List<byte[]> strings = new ArrayList<>();
    ByteBuffer[] numbers = new ByteBuffer[node.inputCount()];
    for (int i = 0; i < numbers.length; i++) {
      HostTensor input = call.input(i);
      if (input != null && input.type() == TensorType.STRING) {
        byte[][] own = Strings.of(input);
        numbers[i] = ByteBuffer.allocate(4 * own.length).order(ByteOrder.LITTLE_ENDIAN);
        for (int k = 0; k < own.length; k++) {
          numbers[i].putInt(4 * k, strings.size() + k);
        }
        strings.addAll(Arrays.asList(own));
      }
    }
    for (int i = 0; i < node.outputCount(); i++) {
      if (node.output(i).elements() > Value.MAX_BYTES / 4) {
        throw call.failure(node.output(i).elements() + " strings are too many");
      }
    }
    List<ByteBuffer> moved = op.moves(node).compute(4, numbers);
    for (int i = 0; i < moved.size(); i++) {
      ByteBuffer out = moved.get(i);
      byte[][] own = new byte[out.capacity() / 4][];
      Arrays.setAll(own, k -> strings.get(out.getInt(4 * k)));
      call.output(i, Strings.tensor(node.output(i).shape(), own));
    }
  }
}

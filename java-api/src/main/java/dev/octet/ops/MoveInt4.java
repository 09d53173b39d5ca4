// SPDX-License-Identifier: Apache-2.0
package dev.octet.ops;

import dev.octet.TensorType;
import dev.octet.graph.NodeContext;
import dev.octet.program.HostCall;
import dev.octet.program.HostTensor;
import java.nio.ByteBuffer;
import java.util.List;

/** Moves int4 elements, which are two to a byte: each is moved as a byte of its own. */
record MoveInt4(MoveOp op) implements HostOp {
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
    ByteBuffer[] inputs = new ByteBuffer[call.node().inputCount()];
    for (int i = 0; i < inputs.length; i++) {
      HostTensor input = call.input(i);
      inputs[i] = input == null ? null : input.data();
    }
    List<ByteBuffer> outputs = compute(op, call.node(), inputs);
    for (int i = 0; i < outputs.size(); i++) {
      int[] shape = call.node().output(i).shape();
      call.output(i, new HostTensor(TensorType.INT4, shape, outputs.get(i)));
    }
  }

  /**
   * Does it all.
   *
   * @param contents of the inputs; those that are not int4 are not looked at
   * @return contents of the outputs, two elements to a byte
   */
  static List<ByteBuffer> compute(MoveOp op, NodeContext node, ByteBuffer[] contents) {
    ByteBuffer[] bytes = new ByteBuffer[contents.length];
    for (int i = 0; i < bytes.length; i++) {
      if (node.has(i) && node.input(i).type() == TensorType.INT4) {
        bytes[i] = ByteBuffer.allocate((int) node.input(i).elements());
        for (int k = 0; k < bytes[i].capacity(); k++) {
          bytes[i].put(k, (byte) Dequantize.int4(contents[i], k));
        }
      }
    }
    return op.moves(node).compute(1, bytes).stream().map(MoveInt4::pack).toList();
  }

  private static ByteBuffer pack(ByteBuffer bytes) {
    ByteBuffer pairs = ByteBuffer.allocate((bytes.capacity() + 1) / 2);
    for (int i = 0; i < bytes.capacity(); i++) {
      pairs.put(i / 2, (byte) (pairs.get(i / 2) | (bytes.get(i) & 15) << i % 2 * 4));
    }
    return pairs;
  }
}

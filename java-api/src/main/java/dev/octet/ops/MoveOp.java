// SPDX-License-Identifier: Apache-2.0
package dev.octet.ops;

import dev.octet.TensorType;
import dev.octet.graph.NodeContext;
import dev.octet.graph.Value;
import dev.octet.program.Emitter;
import java.nio.ByteBuffer;
import java.util.List;

/** An operator that only moves elements of its inputs to its outputs. */
interface MoveOp extends Op {
  /** A result of more bytes is folded only when the inputs have as many. */
  int FOLDED_BYTES = 1 << 16;

  /** What it does. Shapes are known and checked, inputs that decide are constant. */
  Moves moves(NodeContext node);

  @Override
  default void emit(NodeContext node, Emitter emitter) {
    switch (node.output(0).type()) {
      case STRING -> emitter.host(node, new MoveStrings(this));
      case INT4 -> emitter.host(node, new MoveInt4(this));
      default -> moves(node).emit(emitter);
    }
  }

  @Override
  default List<ByteBuffer> foldAll(NodeContext node) {
    boolean int4 = node.output(0).type() == TensorType.INT4;
    int size = int4 ? 1 : node.output(0).type().bytes();
    long greatest = FOLDED_BYTES;
    ByteBuffer[] contents = new ByteBuffer[node.inputCount()];
    for (int i = 0; i < contents.length; i++) {
      Value input = node.optional(i);
      if (input != null) {
        contents[i] = input.contents();
        greatest = Math.max(greatest, input.data().limit());
      }
    }
    for (int i = 0; i < node.outputCount(); i++) {
      if (size == 0 || node.output(i).bytes() > greatest) {
        return null;
      }
    }
    return int4 ? MoveInt4.compute(this, node, contents) : moves(node).compute(size, contents);
  }

  @Override
  default boolean acceptsFlip() {
    return true;
  }
}

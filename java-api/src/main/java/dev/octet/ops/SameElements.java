// SPDX-License-Identifier: Apache-2.0
package dev.octet.ops;

import dev.octet.TensorType;
import dev.octet.graph.NodeContext;
import dev.octet.graph.Value;
import dev.octet.program.Emitter;
import dev.octet.program.HostCall;
import dev.octet.program.HostTensor;
import java.nio.ByteBuffer;

/** An operator whose output has the elements of its first input in their order. */
interface SameElements extends Op {
  /** Requires one type, of a fixed size or strings. */
  default void requireMovable(NodeContext node) {
    Value x = node.input(0);
    node.require(
        x.type() == node.output(0).type(),
        node.output(0),
        "type differs from the input's, " + x.type());
    node.require(
        x.type().bytes() > 0 || x.type() == TensorType.STRING, x, "type has no fixed element size");
  }

  @Override
  default void emit(NodeContext node, Emitter emitter) {
    if (node.input(0).type() == TensorType.STRING) {
      emitter.host(node, new Strings(this));
    } else {
      emitter.alias(node.output(0), node.input(0));
    }
  }

  @Override
  default ByteBuffer fold(NodeContext node) {
    return node.input(0).contents();
  }

  @Override
  default boolean acceptsFlip() {
    return true;
  }

  @Override
  default boolean reshapes() {
    return true;
  }

  /** The same of strings. */
  record Strings(SameElements op) implements HostOp {
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
      HostTensor x = call.input(0);
      call.output(0, new HostTensor(x.type(), call.node().output(0).shape(), x.data()));
    }
  }
}

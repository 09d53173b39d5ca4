// SPDX-License-Identifier: Apache-2.0
package dev.octet.ops;

import dev.octet.TensorType;
import dev.octet.graph.NodeContext;
import dev.octet.graph.Value;
import dev.octet.program.Emitter;
import dev.octet.tflite.BuiltinOperator;
import java.nio.ByteBuffer;

/** y = x, a constant that the file holds sparse; it is dense since it was read. */
record Densify() implements Op {
  static final OpSpec SPEC =
      new OpSpec(BuiltinOperator.DENSIFY, 1, "f32 f16 i8", o -> new Densify());

  @Override
  public String name() {
    return "DENSIFY";
  }

  @Override
  public void check(NodeContext node) {
    node.arity(1, 1, 1);
    Value x = node.input(0);
    node.type(x, TensorType.FLOAT32, TensorType.FLOAT16, TensorType.INT8);
    node.type(node.output(0), x.type());
    node.require(x.constant() && x.sparse(), x, "is no sparse constant");
  }

  @Override
  public int[][] infer(NodeContext node) {
    return new int[][] {node.input(0).shape()};
  }

  @Override
  public void emit(NodeContext node, Emitter emitter) {
    emitter.alias(node.output(0), node.input(0));
  }

  @Override
  public ByteBuffer fold(NodeContext node) {
    return node.input(0).contents();
  }

  @Override
  public boolean reshapes() {
    return true;
  }
}

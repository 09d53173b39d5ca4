// SPDX-License-Identifier: Apache-2.0
package dev.octet.ops;

import dev.octet.TensorType;
import dev.octet.graph.NodeContext;
import dev.octet.graph.Value;
import dev.octet.program.Emitter;
import dev.octet.tflite.Activation;
import dev.octet.tflite.BuiltinOperator;
import java.util.Arrays;

/**
 * {@code y = x0 + x1 + ...}, from the left, of two or more values of one shape and type: float32 or
 * int32, which wraps.
 */
record AddN() implements Op {
  static final OpSpec SPEC = new OpSpec(BuiltinOperator.ADD_N, 1, "f32 i32", o -> new AddN());

  @Override
  public String name() {
    return "ADD_N";
  }

  @Override
  public void check(NodeContext node) {
    node.arity(2, Integer.MAX_VALUE, 1);
    Value first = node.input(0);
    node.type(first, TensorType.FLOAT32, TensorType.INT32);
    for (int i = 1; i < node.inputCount(); i++) {
      node.require(node.has(i), null, "input " + i + " is absent");
      node.type(node.input(i), first.type());
    }
    node.type(node.output(0), first.type());
  }

  @Override
  public int[][] infer(NodeContext node) {
    Value first = node.input(0);
    for (int i = 1; i < node.inputCount(); i++) {
      Value x = node.input(i);
      node.require(Arrays.equals(x.shape(), first.shape()), x, "has not the shape of " + first);
    }
    return new int[][] {Broadcasting.shape(node, first)};
  }

  @Override
  public void emit(NodeContext node, Emitter emitter) {
    Value y = node.output(0);
    OutputRange range = OutputRange.of(Activation.NONE).finite(emitter.numerics());
    for (int i = 1; i < node.inputCount(); i++) {
      Value sum = i == 1 ? node.input(0) : y;
      BinaryFunction.ADD.emit(emitter, sum, node.input(i), y, range.low(), range.high());
    }
  }

  @Override
  public boolean decides(NodeContext node, int i) {
    return false;
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.octet.ops;

import dev.octet.TensorType;
import dev.octet.graph.NodeContext;
import dev.octet.graph.Value;
import dev.octet.program.Emitter;
import dev.octet.tflite.BuiltinOperator;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * SHAPE, the dimensions of x as a vector, and RANK, how many they are. Constants once shapes are
 * known, whatever x holds.
 *
 * @param rank the operator is RANK
 * @param type of the result, int32 or int64
 */
record ShapeOf(boolean rank, TensorType type) implements Op {
  static final OpSpec SHAPE =
      new OpSpec(
          BuiltinOperator.SHAPE,
          1,
          "any",
          o -> new ShapeOf(false, o.options().enumeration("out_type", TensorType.class)));
  static final OpSpec RANK =
      new OpSpec(BuiltinOperator.RANK, 1, "any", o -> new ShapeOf(true, TensorType.INT32));

  @Override
  public String name() {
    return rank ? "RANK" : "SHAPE";
  }

  @Override
  public void check(NodeContext node) {
    node.arity(1, 1, 1);
    node.type(node.output(0), TensorType.INT32, TensorType.INT64);
    node.type(node.output(0), type);
  }

  @Override
  public int[][] infer(NodeContext node) {
    return new int[][] {rank ? new int[0] : new int[] {node.input(0).rank()}};
  }

  @Override
  public boolean foldsByShape() {
    return true;
  }

  @Override
  public ByteBuffer fold(NodeContext node) {
    Value x = node.input(0);
    int count = rank ? 1 : x.rank();
    ByteBuffer result = ByteBuffer.allocate(count * type.bytes()).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < count; i++) {
      int number = rank ? x.rank() : x.dim(i);
      if (type == TensorType.INT64) {
        result.putLong(8 * i, number);
      } else {
        result.putInt(4 * i, number);
      }
    }
    return result;
  }

  @Override
  public boolean acceptsFlip() {
    return true;
  }

  @Override
  public void emit(NodeContext node, Emitter emitter) {
    throw new IllegalStateException(name() + " was not folded");
  }
}

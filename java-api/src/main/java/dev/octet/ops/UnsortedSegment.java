// SPDX-License-Identifier: Apache-2.0
package dev.octet.ops;

import dev.octet.TensorType;
import dev.octet.graph.NodeContext;
import dev.octet.graph.Value;
import dev.octet.program.Emitter;
import dev.octet.program.Kernels;
import dev.octet.tflite.BuiltinOperator;
import java.util.Arrays;

/**
 * {@code y[s, r..]} is the sum, product, maximum or minimum of all {@code x[i.., r..]} with {@code
 * ids[i..] == s}, in the order of i; that of none is 0, 1, or the type's least or greatest finite
 * number. The shape of ids (int32) begins that of x; the third input, an int32 scalar, is the
 * number of segments. A negative id is passed over, one that is not less than the number ends the
 * run.
 *
 * @param reduction the kernel's number
 */
record UnsortedSegment(BuiltinOperator operator, int reduction) implements Op {
  static final OpSpec MAX = spec(BuiltinOperator.UNSORTED_SEGMENT_MAX, 2);
  static final OpSpec MIN = spec(BuiltinOperator.UNSORTED_SEGMENT_MIN, 3);
  static final OpSpec PROD = spec(BuiltinOperator.UNSORTED_SEGMENT_PROD, 1);
  static final OpSpec SUM = spec(BuiltinOperator.UNSORTED_SEGMENT_SUM, 0);

  private static OpSpec spec(BuiltinOperator operator, int reduction) {
    return new OpSpec(operator, 1, "f32 i32", o -> new UnsortedSegment(operator, reduction));
  }

  @Override
  public String name() {
    return operator.name();
  }

  @Override
  public void check(NodeContext node) {
    node.arity(3, 3, 1);
    Value x = node.input(0);
    node.type(x, TensorType.FLOAT32, TensorType.INT32);
    node.type(node.input(1), TensorType.INT32);
    node.type(node.input(2), TensorType.INT32);
    node.type(node.output(0), x.type());
  }

  @Override
  public int[][] infer(NodeContext node) {
    Value x = node.input(0);
    Value ids = node.input(1);
    Value count = node.input(2);
    node.require(ids.rank() >= 1, ids, "is a scalar");
    node.require(
        ids.rank() <= x.rank() && Arrays.equals(ids.shape(), Arrays.copyOf(x.shape(), ids.rank())),
        ids,
        "shape does not begin that of the data");
    node.require(Arrays.stream(count.shape()).allMatch(d -> d == 1), count, "is not one number");
    if (!count.constant()) {
      return new int[][] {null};
    }
    long segments = Axes.scalar(node, count);
    node.require(segments >= 0, count, "is negative");
    int[] shape = Arrays.copyOfRange(x.shape(), ids.rank() - 1, x.rank());
    shape[0] = (int) segments;
    return new int[][] {shape};
  }

  @Override
  public boolean decides(NodeContext node, int i) {
    return i == 2;
  }

  @Override
  public void emit(NodeContext node, Emitter emitter) {
    emitter
        .instruction(Kernels.UNSORTED_SEGMENT)
        .in("x", node.input(0))
        .in("ids", node.input(1))
        .out("y", node.output(0))
        .i32("reduction", reduction)
        .emit();
  }
}

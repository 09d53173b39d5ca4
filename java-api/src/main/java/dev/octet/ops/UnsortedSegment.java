// SPDX-License-Identifier: Apache-2.0
package dev.octet.ops;

import dev.octet.TensorType;
import dev.octet.graph.NodeContext;
import dev.octet.graph.Value;
import dev.octet.program.HostCall;
import dev.octet.program.HostTensor;
import dev.octet.tflite.BuiltinOperator;
import java.util.Arrays;

/**
 * {@code y[s, r..]} is the sum, product, maximum or minimum of all {@code x[i.., r..]} with {@code
 * ids[i..] == s}, in the order of i; that of none is 0, 1, or the type's least or greatest finite
 * number. The shape of ids (int32) begins that of x; the third input, an int32 scalar, is the
 * number of segments. A negative id is passed over, one that is not less than the number ends the
 * run.
 */
record UnsortedSegment(BuiltinOperator operator, Segments.Reduction reduction) implements HostOp {
  static final OpSpec MAX = spec(BuiltinOperator.UNSORTED_SEGMENT_MAX, Segments.Reduction.MAX);
  static final OpSpec MIN = spec(BuiltinOperator.UNSORTED_SEGMENT_MIN, Segments.Reduction.MIN);
  static final OpSpec PROD = spec(BuiltinOperator.UNSORTED_SEGMENT_PROD, Segments.Reduction.PROD);
  static final OpSpec SUM = spec(BuiltinOperator.UNSORTED_SEGMENT_SUM, Segments.Reduction.SUM);

  private static OpSpec spec(BuiltinOperator operator, Segments.Reduction reduction) {
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
    return new int[][] {shape(x.shape(), ids.rank(), (int) segments)};
  }

  private static int[] shape(int[] x, int outer, int segments) {
    int[] shape = Arrays.copyOfRange(x, outer - 1, x.length);
    shape[0] = segments;
    return shape;
  }

  @Override
  public void run(HostCall call) {
    HostTensor x = call.input(0);
    HostTensor ids = call.input(1);
    int count = call.input(2).integer(0);
    if (count < 0) {
      throw call.failure("the number of segments is " + count);
    }
    int[] segments = new int[ids.elements()];
    for (int i = 0; i < segments.length; i++) {
      segments[i] = ids.integer(i);
      if (segments[i] >= count) {
        throw call.failure("segment " + segments[i] + " is outside 0 to " + (count - 1));
      }
    }
    int[] shape = shape(x.shape(), ids.shape().length, count);
    Segments.reduce(call, reduction, x, segments, call.output(0, shape), shape);
  }
}

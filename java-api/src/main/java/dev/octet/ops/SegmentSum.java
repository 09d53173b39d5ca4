// SPDX-License-Identifier: Apache-2.0
package dev.octet.ops;

import dev.octet.TensorType;
import dev.octet.graph.NodeContext;
import dev.octet.graph.Value;
import dev.octet.program.HostCall;
import dev.octet.program.HostTensor;
import dev.octet.tflite.BuiltinOperator;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.util.Arrays;

/**
 * {@code y[s, r..] = sum of x[i, r..] over all i with ids[i] == s}, in the order of i. ids (int32)
 * begin with 0 and never fall nor rise by more than 1, or the run ends; y has as many rows as there
 * are of them. float32, or int32 that wraps.
 */
record SegmentSum() implements HostOp {
  static final OpSpec SPEC =
      new OpSpec(BuiltinOperator.SEGMENT_SUM, 1, "f32 i32", o -> new SegmentSum());

  @Override
  public String name() {
    return "SEGMENT_SUM";
  }

  @Override
  public void check(NodeContext node) {
    node.arity(2, 2, 1);
    Value x = node.input(0);
    node.type(x, TensorType.FLOAT32, TensorType.INT32);
    node.type(node.input(1), TensorType.INT32);
    node.type(node.output(0), x.type());
  }

  @Override
  public int[][] infer(NodeContext node) {
    Value x = node.input(0);
    Value ids = node.input(1);
    node.require(x.rank() >= 1, x, "is a scalar");
    node.rank(ids, 1);
    node.require(ids.dim(0) == x.dim(0), ids, "has not a segment for each of " + x.dim(0));
    return new int[][] {null};
  }

  @Override
  public void run(HostCall call) {
    HostTensor x = call.input(0);
    HostTensor ids = call.input(1);
    int[] segments = new int[ids.elements()];
    int last = -1;
    for (int i = 0; i < segments.length; i++) {
      segments[i] = ids.integer(i);
      if (segments[i] != last + 1 && (i == 0 || segments[i] != last)) {
        throw call.failure("segment " + segments[i] + " follows " + last);
      }
      last = segments[i];
    }
    int[] shape = x.shape().clone();
    shape[0] = last + 1;
    ByteBuffer y = call.output(0, shape);
    int row = Axes.product(shape, 1, shape.length);
    if (row == 0) {
      return;
    }
    if (x.type() == TensorType.FLOAT32) {
      FloatBuffer in = x.data().asFloatBuffer();
      FloatBuffer out = y.asFloatBuffer();
      float[] one = new float[row];
      float[] sum = new float[row];
      for (int i = 0; i < segments.length; i++) {
        pause(call, i, row);
        in.get(one);
        for (int j = 0; j < row; j++) {
          sum[j] += one[j];
        }
        if (i + 1 == segments.length || segments[i + 1] != segments[i]) {
          out.put(sum);
          Arrays.fill(sum, 0);
        }
      }
    } else {
      IntBuffer in = x.data().asIntBuffer();
      IntBuffer out = y.asIntBuffer();
      int[] one = new int[row];
      int[] sum = new int[row];
      for (int i = 0; i < segments.length; i++) {
        pause(call, i, row);
        in.get(one);
        for (int j = 0; j < row; j++) {
          sum[j] += one[j];
        }
        if (i + 1 == segments.length || segments[i + 1] != segments[i]) {
          out.put(sum);
          Arrays.fill(sum, 0);
        }
      }
    }
  }

  private static void pause(HostCall call, int i, int row) {
    if ((long) i * row % HostCall.PAUSE < row) {
      call.checkStopped();
    }
  }
}

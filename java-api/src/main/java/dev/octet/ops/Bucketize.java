// SPDX-License-Identifier: Apache-2.0
package dev.octet.ops;

import dev.octet.TensorType;
import dev.octet.graph.NodeContext;
import dev.octet.graph.Value;
import dev.octet.program.HostCall;
import dev.octet.program.HostTensor;
import dev.octet.tflite.BuiltinOperator;
import java.nio.ByteBuffer;

/**
 * How many of the options' ascending boundaries are not greater than each element; int32. Integers
 * are compared as float32, float64 as itself; a NaN is after all boundaries.
 */
record Bucketize(float[] boundaries) implements HostOp {
  private static final String TYPES = "f32 f64 i32 i64";
  static final OpSpec SPEC =
      new OpSpec(
          BuiltinOperator.BUCKETIZE,
          1,
          TYPES,
          o -> new Bucketize(o.options().floats("boundaries")));

  @Override
  public String name() {
    return "BUCKETIZE";
  }

  @Override
  public void check(NodeContext node) {
    node.arity(1, 1, 1);
    node.type(node.input(0), Parameters.types(TYPES));
    node.type(node.output(0), TensorType.INT32);
    for (int i = 1; i < boundaries.length; i++) {
      node.require(!(boundaries[i] < boundaries[i - 1]), null, "boundaries are not ascending");
    }
  }

  @Override
  public int[][] infer(NodeContext node) {
    Value x = node.input(0);
    return new int[][] {x.shape()};
  }

  @Override
  public void run(HostCall call) {
    HostTensor x = call.input(0);
    ByteBuffer in = x.data();
    ByteBuffer y = call.output(0, x.shape());
    int[] buckets = new int[x.elements()];
    float[] floats = x.type() == TensorType.FLOAT32 ? x.floats() : null;
    for (int i = 0; i < buckets.length; i++) {
      if (i % HostCall.PAUSE == 0) {
        call.checkStopped();
      }
      double value =
          switch (x.type()) {
            case FLOAT32 -> floats[i];
            case FLOAT64 -> in.getDouble(8 * i);
            case INT32 -> (float) in.getInt(4 * i);
            default -> (float) in.getLong(8 * i);
          };
      buckets[i] = bucket(value);
    }
    y.asIntBuffer().put(buckets);
  }

  private int bucket(double value) {
    int first = 0;
    int count = boundaries.length;
    while (count > 0) {
      int half = count / 2;
      if (value < boundaries[first + half]) {
        count = half;
      } else {
        first += half + 1;
        count -= half + 1;
      }
    }
    return first;
  }
}

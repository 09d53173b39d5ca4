// SPDX-License-Identifier: Apache-2.0
package dev.octet;

import dev.octet.tflite.BuiltinOperator;
import dev.octet.tflite.Padding;
import dev.octet.tflite.Table;
import dev.octet.tflite.TestModel;
import java.nio.ByteBuffer;
import java.util.Random;

/** Small models for the tests of the public interface. */
public final class Fixtures {
  private Fixtures() {}

  private static ByteBuffer randomBytes(Random random, int count) {
    byte[] bytes = new byte[count];
    random.nextBytes(bytes);
    return ByteBuffer.wrap(bytes);
  }

  private static Table fullyConnected() {
    return Table.builder("FullyConnectedOptions").build();
  }

  /** {@code y = [x0 + 2 x1 + 0.5, 3 x0 + 4 x1 - 1]}, float32, any batch; tensor "hidden" is y. */
  public static ByteBuffer linear() {
    TestModel model = new TestModel();
    TestModel.Graph graph = model.graph();
    int x = graph.input("x", TensorType.FLOAT32, 1, 2);
    int w = graph.constant("w", TensorType.FLOAT32, TestModel.floats(1, 2, 3, 4), 2, 2);
    int bias = graph.constant("bias", TensorType.FLOAT32, TestModel.floats(0.5f, -1), 2);
    int y = graph.output("y", TensorType.FLOAT32, 1, 2);
    graph.operator(
        BuiltinOperator.FULLY_CONNECTED,
        1,
        fullyConnected(),
        new int[] {x, w, bias},
        new int[] {y});
    return model.write();
  }

  /** {@code hidden = 2 x; y = 3 hidden + 1}, float32 scalars. */
  public static ByteBuffer chain() {
    TestModel model = new TestModel();
    TestModel.Graph graph = model.graph();
    int x = graph.input("x", TensorType.FLOAT32, 1, 1);
    int two = graph.constant("two", TensorType.FLOAT32, TestModel.floats(2), 1, 1);
    int three = graph.constant("three", TensorType.FLOAT32, TestModel.floats(3), 1, 1);
    int one = graph.constant("one", TensorType.FLOAT32, TestModel.floats(1), 1);
    int hidden = graph.tensor("hidden", TensorType.FLOAT32, 1, 1);
    int y = graph.output("y", TensorType.FLOAT32, 1, 1);
    graph.operator(
        BuiltinOperator.FULLY_CONNECTED,
        1,
        fullyConnected(),
        new int[] {x, two, -1},
        new int[] {hidden});
    graph.operator(
        BuiltinOperator.FULLY_CONNECTED,
        1,
        fullyConnected(),
        new int[] {hidden, three, one},
        new int[] {y});
    return model.write();
  }

  /**
   * An int8 net: convolution 3x3, depthwise convolution 3x3, reshape, dense; input [1,8,8,4],
   * output [1,10]. Seeded weights.
   */
  public static ByteBuffer convolutions(long seed) {
    Random random = new Random(seed);
    TestModel model = new TestModel();
    TestModel.Graph graph = model.graph();
    int x = graph.input("x", TensorType.INT8, 1, 8, 8, 4);
    int w0 = graph.constant("w0", TensorType.INT8, randomBytes(random, 8 * 9 * 4), 8, 3, 3, 4);
    int b0 = graph.constant("b0", TensorType.INT32, randomBias(random, 8), 8);
    int hidden = graph.tensor("hidden", TensorType.INT8, 1, 8, 8, 8);
    int w1 = graph.constant("w1", TensorType.INT8, randomBytes(random, 9 * 8), 1, 3, 3, 8);
    int b1 = graph.constant("b1", TensorType.INT32, randomBias(random, 8), 8);
    int deep = graph.tensor("deep", TensorType.INT8, 1, 4, 4, 8);
    int flat = graph.tensor("flat", TensorType.INT8, 1, 128);
    int shape = graph.constant("shape", TensorType.INT32, TestModel.ints(-1, 128), 2);
    int w2 = graph.constant("w2", TensorType.INT8, randomBytes(random, 1280), 10, 128);
    int b2 = graph.constant("b2", TensorType.INT32, randomBias(random, 10), 10);
    int y = graph.output("y", TensorType.INT8, 1, 10);
    for (int activation : new int[] {x, hidden, deep, flat, y}) {
      graph.quantize(activation, 0.05f, activation == y ? 3 : -4);
    }
    for (int weights : new int[] {w0, w1, w2}) {
      graph.quantize(weights, 0.002f, 0);
    }
    for (int bias : new int[] {b0, b1, b2}) {
      graph.quantize(bias, 0.0001f, 0);
    }
    graph.operator(
        BuiltinOperator.CONV_2D,
        3,
        Table.builder("Conv2DOptions")
            .set("padding", Padding.SAME)
            .set("stride_h", 1)
            .set("stride_w", 1)
            .build(),
        new int[] {x, w0, b0},
        new int[] {hidden});
    graph.operator(
        BuiltinOperator.DEPTHWISE_CONV_2D,
        3,
        Table.builder("DepthwiseConv2DOptions")
            .set("padding", Padding.SAME)
            .set("stride_h", 2)
            .set("stride_w", 2)
            .set("depth_multiplier", 1)
            .build(),
        new int[] {hidden, w1, b1},
        new int[] {deep});
    graph.operator(BuiltinOperator.RESHAPE, 1, null, new int[] {deep, shape}, new int[] {flat});
    graph.operator(
        BuiltinOperator.FULLY_CONNECTED,
        4,
        fullyConnected(),
        new int[] {flat, w2, b2},
        new int[] {y});
    return model.write();
  }

  private static ByteBuffer randomBias(Random random, int count) {
    int[] bias = new int[count];
    for (int i = 0; i < count; i++) {
      bias[i] = random.nextInt(20001) - 10000;
    }
    return TestModel.ints(bias);
  }
}

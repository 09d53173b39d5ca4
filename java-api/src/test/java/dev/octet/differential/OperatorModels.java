// SPDX-License-Identifier: Apache-2.0
package dev.octet.differential;

import dev.octet.TensorType;
import dev.octet.tflite.Activation;
import dev.octet.tflite.BuiltinOperator;
import dev.octet.tflite.Table;
import dev.octet.tflite.TestModel;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;

/** Random models of a single operator, such as TensorFlow Lite 2.20 takes. */
final class OperatorModels {
  private static final TensorType[] TYPES = {TensorType.FLOAT32, TensorType.INT8, TensorType.UINT8};

  private final Random random;
  private final TestModel model = new TestModel();
  private final TestModel.Graph graph = model.graph();

  private OperatorModels(Random random) {
    this.random = random;
  }

  /** A random model of the operator. */
  static ByteBuffer of(BuiltinOperator operator, Random random) {
    OperatorModels models = new OperatorModels(random);
    switch (operator) {
      case ADD -> models.add();
      case QUANTIZE -> models.quantize();
      case DEQUANTIZE -> models.dequantize();
      default -> throw new IllegalArgumentException(operator.toString());
    }
    return models.model.write();
  }

  private int number(int least, int greatest) {
    return least + random.nextInt(greatest - least + 1);
  }

  private <T> T any(T[] choices) {
    return choices[random.nextInt(choices.length)];
  }

  private float scale(double least, double greatest) {
    return (float) (least * Math.pow(greatest / least, random.nextDouble()));
  }

  private int zero(TensorType type) {
    return switch (type) {
      case INT8 -> number(-128, 127);
      case UINT8 -> number(0, 255);
      default -> 0;
    };
  }

  private Activation activation() {
    return any(
        new Activation[] {
          Activation.NONE, Activation.RELU, Activation.RELU6, Activation.RELU_N1_TO_1
        });
  }

  private int input(TensorType type, float scale, int... shape) {
    int id = graph.input("x" + random.nextInt(), type, shape);
    return quantized(id, type, scale);
  }

  private int output(TensorType type, float scale) {
    return quantized(graph.output("y", type), type, scale);
  }

  private int quantized(int id, TensorType type, float scale) {
    if (type != TensorType.FLOAT32) {
      graph.quantize(id, scale, zero(type));
    }
    return id;
  }

  private ByteBuffer bytes(int count, int least) {
    byte[] bytes = new byte[count];
    for (int i = 0; i < count; i++) {
      bytes[i] = (byte) number(least, least + 254);
    }
    return ByteBuffer.wrap(bytes);
  }

  private ByteBuffer floats(int count) {
    float[] floats = new float[count];
    for (int i = 0; i < count; i++) {
      // small, so that a fused clamp does not hide how great the sums are
      floats[i] = (float) (0.1 * random.nextGaussian());
    }
    return TestModel.floats(floats);
  }

  private static int product(int... dims) {
    int product = 1;
    for (int dim : dims) {
      product *= dim;
    }
    return product;
  }

  /** Weights and bias of {@code co} channels along axis {@code axis}; gives both ids. */
  private int[] weights(TensorType type, float xScale, int axis, int co, int... shape) {
    if (type == TensorType.FLOAT32) {
      return new int[] {
        graph.constant("w", type, floats(product(shape)), shape),
        graph.constant("b", type, floats(co), co)
      };
    }
    int w =
        graph.constant("w", type, bytes(product(shape), type == TensorType.INT8 ? -127 : 0), shape);
    boolean perChannel = type == TensorType.INT8 && random.nextBoolean();
    float[] scales = new float[perChannel ? co : 1];
    float[] products = new float[scales.length];
    for (int c = 0; c < scales.length; c++) {
      scales[c] = scale(0.001, 0.1);
      products[c] = xScale * scales[c];
    }
    long[] zeros = new long[scales.length];
    if (type == TensorType.UINT8) {
      zeros[0] = number(1, 255);
    }
    graph.quantize(w, scales, zeros, perChannel ? axis : 0);
    int[] bias = new int[co];
    for (int c = 0; c < co; c++) {
      bias[c] = number(-20000, 20000);
    }
    int b = graph.constant("b", TensorType.INT32, TestModel.ints(bias), co);
    graph.quantize(b, products, new long[scales.length], 0);
    return new int[] {w, b};
  }

  private void add() {
    TensorType type = any(TYPES);
    int[] shape = {number(1, 3), number(1, 5), number(1, 5), number(1, 40)};
    int[] other = shape.clone();
    if (random.nextBoolean()) {
      other[random.nextInt(4)] = 1;
      other[random.nextInt(4)] = 1;
    }
    int a = input(type, scale(0.01, 0.1), shape);
    int b = input(type, scale(0.01, 0.1), other);
    boolean swap = random.nextBoolean();
    graph.operator(
        BuiltinOperator.ADD,
        2,
        Table.builder("AddOptions").set("fused_activation_function", activation()).build(),
        swap ? new int[] {b, a} : new int[] {a, b},
        new int[] {output(type, scale(0.02, 0.2))});
  }

  private void quantize() {
    TensorType[][] pairs = {
      {TensorType.FLOAT32, TensorType.INT8},
      {TensorType.FLOAT32, TensorType.UINT8},
      {TensorType.FLOAT32, TensorType.INT16},
      {TensorType.INT8, TensorType.INT8},
      {TensorType.INT8, TensorType.UINT8},
      {TensorType.UINT8, TensorType.INT8},
      {TensorType.UINT8, TensorType.UINT8},
      {TensorType.INT16, TensorType.INT8},
      {TensorType.INT16, TensorType.INT16},
      {TensorType.INT16, TensorType.INT32},
      {TensorType.INT32, TensorType.INT8},
      {TensorType.INT32, TensorType.INT16},
    };
    TensorType[] pair = any(pairs);
    int x = input(pair[0], scale(0.01, 0.1), number(1, 5), number(1, 200));
    graph.operator(
        BuiltinOperator.QUANTIZE,
        1,
        Table.of("QuantizeOptions"),
        new int[] {x},
        new int[] {output(pair[1], scale(0.01, 0.1))});
  }

  private void dequantize() {
    TensorType type = any(new TensorType[] {TensorType.INT8, TensorType.UINT8, TensorType.INT16});
    int x = input(type, scale(0.01, 0.1), number(1, 5), number(1, 200));
    graph.operator(
        BuiltinOperator.DEQUANTIZE,
        2,
        Table.of("DequantizeOptions"),
        new int[] {x},
        new int[] {graph.output("y", TensorType.FLOAT32)});
  }

  /** Random contents for an input; float32 reaches a little beyond what 8 bits hold. */
  static byte[] contents(TensorType type, int bytes, Random random) {
    byte[] contents = new byte[bytes];
    if (type != TensorType.FLOAT32) {
      random.nextBytes(contents);
      return contents;
    }
    ByteBuffer buffer = ByteBuffer.wrap(contents).order(ByteOrder.LITTLE_ENDIAN);
    while (buffer.hasRemaining()) {
      buffer.putFloat((float) (3 * random.nextGaussian()));
    }
    return contents;
  }
}

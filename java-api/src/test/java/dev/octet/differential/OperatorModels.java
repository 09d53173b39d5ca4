// SPDX-License-Identifier: Apache-2.0
package dev.octet.differential;

import dev.octet.TensorType;
import dev.octet.tflite.BuiltinOperator;
import dev.octet.tflite.Table;
import dev.octet.tflite.TestModel;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;

/** Random models of a single operator, such as TensorFlow Lite 2.20 takes. */
final class OperatorModels {
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

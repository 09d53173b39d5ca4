// SPDX-License-Identifier: Apache-2.0
package dev.octet.benchmarks;

import dev.octet.TensorType;
import dev.octet.tflite.BuiltinOperator;
import dev.octet.tflite.Table;
import dev.octet.tflite.TestModel;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * A model of one operator in the making, and contents of its inputs. Tensors stand in the order in
 * which the operator takes them.
 */
final class OperatorModel {
  private static final float INT8_SCALE = 0.05f;
  private static final float INT16_SCALE = 1f / 3000;

  private final String operator;
  private final String kind;
  private final TensorType type;
  private final Random random = new Random(1);
  private final TestModel model = new TestModel();
  private final TestModel.Graph graph = model.graph();
  private final List<Integer> operands = new ArrayList<>();
  private final List<Integer> results = new ArrayList<>();
  private final List<Integer> intermediates = new ArrayList<>();
  private final List<byte[]> contents = new ArrayList<>();
  private int version = 1;
  private double least = Double.NaN;
  private double greatest;
  private String title;
  private Table options;
  private ByteBuffer custom;

  /**
   * Starts one.
   *
   * @param kind of elements, in the words of the table of operators
   */
  OperatorModel(String operator, String kind) {
    this.operator = operator;
    this.kind = kind;
    this.type =
        switch (kind) {
          case "i8", "i8pc" -> TensorType.INT8;
          case "u8" -> TensorType.UINT8;
          case "i16", "i16x8" -> TensorType.INT16;
          case "i32" -> TensorType.INT32;
          case "i64" -> TensorType.INT64;
          case "bool" -> TensorType.BOOL;
          case "f16" -> TensorType.FLOAT16;
          default -> TensorType.FLOAT32;
        };
    this.title = operator + " " + kind;
  }

  TensorType type() {
    return type;
  }

  String kind() {
    return kind;
  }

  /** The operator's version, where not 1. */
  OperatorModel version(int version) {
    this.version = version;
    return this;
  }

  /** Adds words to the title. */
  OperatorModel named(String words) {
    title += " " + words;
    return this;
  }

  /** Bounds of the contents of the tensors that follow. */
  OperatorModel range(double least, double greatest) {
    this.least = least;
    this.greatest = greatest;
    return this;
  }

  /** An input of the model's kind. */
  OperatorModel x(int... shape) {
    return x(type, shape);
  }

  OperatorModel x(TensorType type, int... shape) {
    return x(type, values(type, shape), shape);
  }

  /** An input with the given contents. */
  OperatorModel x(TensorType type, byte[] bytes, int... shape) {
    if (contents.isEmpty()) {
      title += " " + Arrays.toString(shape).replaceAll("[\\[\\] ]", "").replace(',', 'x');
    }
    int tensor = graph.input("x" + contents.size(), type, shape);
    contents.add(bytes);
    operands.add(quantized(tensor, type));
    return this;
  }

  /** A constant of the model's kind. */
  OperatorModel c(int... shape) {
    return c(type, shape);
  }

  OperatorModel c(TensorType type, int... shape) {
    operands.add(quantized(constant(type, shape), type));
    return this;
  }

  /** Weights with a scale for each of the channels along the axis. */
  OperatorModel channelWeights(TensorType type, int axis, int... shape) {
    int tensor = constant(type, shape);
    if (type != TensorType.FLOAT32) {
      graph.quantize(tensor, scales(shape[axis], 0.01f), new long[shape[axis]], axis);
    }
    operands.add(tensor);
    return this;
  }

  /** Weights with one scale. */
  OperatorModel weights(TensorType type, int... shape) {
    int tensor = constant(type, shape);
    if (type != TensorType.FLOAT32) {
      graph.quantize(tensor, 0.01f, 0);
    }
    operands.add(tensor);
    return this;
  }

  /** A bias for weights, with as many scales. */
  OperatorModel bias(boolean perChannel, int channels) {
    TensorType biasType =
        type == TensorType.FLOAT32
            ? type
            : type == TensorType.INT16 ? TensorType.INT64 : TensorType.INT32;
    int tensor = constant(biasType, channels);
    if (biasType != TensorType.FLOAT32) {
      float scale = 0.01f * (type == TensorType.INT16 ? INT16_SCALE : INT8_SCALE);
      int count = perChannel ? channels : 1;
      graph.quantize(tensor, scales(count, scale), new long[count], 0);
    }
    operands.add(tensor);
    return this;
  }

  private static float[] scales(int count, float scale) {
    float[] scales = new float[count];
    Arrays.fill(scales, scale);
    return scales;
  }

  OperatorModel ints(int... values) {
    ByteBuffer bytes = TestModel.ints(values);
    operands.add(graph.constant("c" + operands.size(), TensorType.INT32, bytes, values.length));
    return this;
  }

  /** A constant int32 matrix with two columns. */
  OperatorModel pairs(int... values) {
    ByteBuffer bytes = TestModel.ints(values);
    int rows = values.length / 2;
    operands.add(graph.constant("c" + operands.size(), TensorType.INT32, bytes, rows, 2));
    return this;
  }

  /** A constant int32 without dimensions. */
  OperatorModel scalar(int value) {
    operands.add(
        graph.constant("c" + operands.size(), TensorType.INT32, TestModel.ints(value), new int[0]));
    return this;
  }

  /** A constant float32 without dimensions. */
  OperatorModel scalar(float value) {
    ByteBuffer bytes = TestModel.floats(value);
    operands.add(graph.constant("c" + operands.size(), TensorType.FLOAT32, bytes, new int[0]));
    return this;
  }

  /** A constant as it is given, with a scale where that is not 0. */
  OperatorModel constant(TensorType type, byte[] bytes, float scale, int zero, int... shape) {
    int tensor = graph.constant("c" + operands.size(), type, ByteBuffer.wrap(bytes), shape);
    if (scale != 0) {
      graph.quantize(tensor, scale, zero);
    }
    operands.add(tensor);
    return this;
  }

  /** Operands that are left out. */
  OperatorModel none(int count) {
    for (int i = 0; i < count; i++) {
      operands.add(-1);
    }
    return this;
  }

  /** A tensor that keeps its contents from run to run, with a scale where that is not 0. */
  OperatorModel state(TensorType type, float scale, int zero, int... shape) {
    int tensor = graph.tensor("state" + operands.size(), type, shape);
    graph.tensor(tensor).set("is_variable", true);
    if (scale != 0) {
      graph.quantize(tensor, scale, zero);
    }
    operands.add(tensor);
    return this;
  }

  OperatorModel intermediate(TensorType type, float scale, int zero) {
    int tensor = graph.tensor("intermediate" + intermediates.size(), type, 0);
    graph.quantize(tensor, scale, zero);
    intermediates.add(tensor);
    return this;
  }

  /** An output of the model's kind, quantized like its inputs; the shape is left to the runtime. */
  OperatorModel y() {
    return y(type);
  }

  OperatorModel y(TensorType type) {
    results.add(quantized(graph.output("y" + results.size(), type), type));
    return this;
  }

  OperatorModel y(TensorType type, float scale, int zero) {
    int tensor = graph.output("y" + results.size(), type);
    if (type != TensorType.FLOAT32) {
      graph.quantize(tensor, scale, zero);
    }
    results.add(tensor);
    return this;
  }

  /** The operator's options: a table's name, then names and values of its fields. */
  OperatorModel options(String table, Object... fields) {
    Table.Builder builder = Table.builder(table);
    for (int i = 0; i < fields.length; i += 2) {
      builder.set((String) fields[i], fields[i + 1]);
    }
    options = builder.build();
    return this;
  }

  /** Options of a custom operator. */
  OperatorModel custom(ByteBuffer options) {
    custom = options;
    return this;
  }

  OperatorCase build() {
    int[] inputs = operands.stream().mapToInt(Integer::intValue).toArray();
    int[] outputs = results.stream().mapToInt(Integer::intValue).toArray();
    if (custom != null) {
      graph.custom(operator, custom, inputs, outputs);
    } else {
      int index =
          graph.operator(BuiltinOperator.valueOf(operator), version, options, inputs, outputs);
      if (!intermediates.isEmpty()) {
        int[] tensors = intermediates.stream().mapToInt(Integer::intValue).toArray();
        graph.operator(index).set("intermediates", tensors);
      }
    }
    ByteBuffer file = model.write();
    byte[] bytes = new byte[file.remaining()];
    file.get(bytes);
    return new OperatorCase(title, bytes, contents);
  }

  private int constant(TensorType type, int... shape) {
    ByteBuffer bytes = ByteBuffer.wrap(values(type, shape));
    return graph.constant("c" + operands.size(), type, bytes, shape);
  }

  private int quantized(int tensor, TensorType type) {
    switch (type) {
      case INT8 -> graph.quantize(tensor, INT8_SCALE, 3);
      case UINT8 -> graph.quantize(tensor, INT8_SCALE, 131);
      case INT16 -> graph.quantize(tensor, INT16_SCALE, 0);
      default -> {}
    }
    return tensor;
  }

  private double real(double from, double to) {
    boolean given = !Double.isNaN(least);
    double low = given ? least : from;
    double high = given ? greatest : to;
    return low + (high - low) * random.nextDouble();
  }

  private byte[] values(TensorType type, int... shape) {
    int count = Arrays.stream(shape).reduce(1, Math::multiplyExact);
    ByteBuffer bytes = ByteBuffer.allocate(count * type.bytes()).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < count; i++) {
      switch (type) {
        case FLOAT32 -> bytes.putFloat((float) real(-2, 2));
        case FLOAT16 -> bytes.putShort((short) (0x3000 + random.nextInt(0x1000)));
        case BOOL -> bytes.put((byte) random.nextInt(2));
        case INT8 -> bytes.put((byte) Math.round(real(-127, 127)));
        case UINT8 -> bytes.put((byte) Math.round(real(1, 255)));
        case INT16 -> bytes.putShort((short) Math.round(real(-30000, 30000)));
        case INT32 -> bytes.putInt((int) Math.floor(real(1, 100)));
        case INT64 -> bytes.putLong((long) Math.floor(real(1, 100)));
        default -> throw new IllegalArgumentException("no contents of type " + type);
      }
    }
    return bytes.array();
  }
}

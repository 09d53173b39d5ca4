// SPDX-License-Identifier: Apache-2.0
package dev.octet.differential.cases;

import dev.octet.TensorType;
import dev.octet.tflite.Activation;
import dev.octet.tflite.BuiltinOperator;
import dev.octet.tflite.Table;
import dev.octet.tflite.TestModel;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;

/** A model of one operator in the making, with random shapes, parameters and contents. */
public final class SingleOp {
  private final Random random;
  private final TestModel model = new TestModel();
  private final TestModel.Graph graph = model.graph();
  private final List<Supplier<byte[]>> contents = new ArrayList<>();
  private final List<int[]> shapes = new ArrayList<>();
  private int runs = 1;
  private double tolerance = 1e-5;
  private int exactSteps;
  private int fastSteps = 1;
  private OpCase.Oracle oracle;

  SingleOp(long seed) {
    this.random = new Random(seed);
  }

  Random random() {
    return random;
  }

  /** The file's builder, for what has no method here: further subgraphs, signatures. */
  TestModel model() {
    return model;
  }

  /** The main subgraph, for what has no method here. */
  TestModel.Graph graph() {
    return graph;
  }

  /** A number of {@code least} to {@code greatest}. */
  int number(int least, int greatest) {
    return least + random.nextInt(greatest - least + 1);
  }

  boolean chance(double probability) {
    return random.nextDouble() < probability;
  }

  @SafeVarargs
  final <T> T any(T... choices) {
    return choices[random.nextInt(choices.length)];
  }

  float real(double least, double greatest) {
    return (float) (least + (greatest - least) * random.nextDouble());
  }

  /** A scale, evenly spread on a logarithmic axis. */
  float scale(double least, double greatest) {
    return (float) (least * StrictMath.pow(greatest / least, random.nextDouble()));
  }

  /** A zero point that the type allows; 0 for int16 and wider. */
  int zero(TensorType type) {
    return switch (type) {
      case INT8 -> number(-128, 127);
      case UINT8 -> number(0, 255);
      default -> 0;
    };
  }

  Activation activation() {
    return any(
        Activation.NONE,
        Activation.NONE,
        Activation.RELU,
        Activation.RELU6,
        Activation.RELU_N1_TO_1);
  }

  /** {@code rank} dimensions of 1 to {@code greatest}. */
  int[] shape(int rank, int greatest) {
    int[] shape = new int[rank];
    for (int i = 0; i < rank; i++) {
      shape[i] = number(1, greatest);
    }
    return shape;
  }

  static int product(int... dims) {
    int product = 1;
    for (int dim : dims) {
      product *= dim;
    }
    return product;
  }

  /** An input with random contents, see {@link #contents}. */
  int input(TensorType type, int... shape) {
    return input(type, () -> contents(type, product(shape)), shape);
  }

  /** An input whose contents the supplier makes anew for each run. */
  int input(TensorType type, Supplier<byte[]> contents, int... shape) {
    this.contents.add(contents);
    return graph.input("x" + this.contents.size(), type, shape);
  }

  /** An input with random contents and, unless it is float, a scale and a random zero point. */
  int quantizedInput(TensorType type, float scale, int... shape) {
    return quantize(input(type, shape), type, scale, zero(type));
  }

  /** A constant with these little-endian contents. */
  int constant(TensorType type, byte[] contents, int... shape) {
    return graph.constant("c" + random.nextInt(1 << 30), type, ByteBuffer.wrap(contents), shape);
  }

  /** A constant int32 vector. */
  int ints(int... values) {
    return constant(TensorType.INT32, bytes(TestModel.ints(values)), values.length);
  }

  /** An output; its shape is left to the runtime. */
  int output(TensorType type) {
    return graph.output("y" + random.nextInt(1 << 30), type);
  }

  /** An output with, unless it is float, a scale and a random zero point. */
  int quantizedOutput(TensorType type, float scale) {
    return quantize(output(type), type, scale, zero(type));
  }

  /** Gives a tensor one scale and zero point, unless it is float; returns it. */
  int quantize(int tensor, TensorType type, float scale, int zero) {
    if (type != TensorType.FLOAT32) {
      graph.quantize(tensor, scale, zero);
    }
    return tensor;
  }

  /** Adds the operator; {@code options} may be null. */
  void operator(
      BuiltinOperator operator, int version, Table options, int[] inputs, int... outputs) {
    graph.operator(operator, version, options, inputs, outputs);
  }

  static int[] in(int... tensors) {
    return tensors;
  }

  /** Runs one after another, each with new inputs, for operators that remember. */
  void runs(int runs) {
    this.runs = runs;
  }

  /** Resizes the inputs first, one shape for each in order. */
  void resize(int[] shape) {
    shapes.add(shape);
  }

  /** Allowed error of a float in parts of its tensor's greatest value; 1e-5 when not called. */
  void tolerance(double tolerance) {
    this.tolerance = tolerance;
  }

  /** Allowed error of an integer with fast numerics; 1 when not called. */
  void fastSteps(int steps) {
    this.fastSteps = steps;
  }

  /**
   * Allowed error of an integer with exact numerics too, 0 when not called: for tables that the
   * peer fills with its libm's float32 functions, which round differently from version to version.
   */
  void exactSteps(int steps) {
    this.exactSteps = steps;
  }

  /** Where the peer is wrong. */
  void oracle(OpCase.Oracle oracle) {
    this.oracle = oracle;
  }

  /**
   * Random contents: integers of 8 and 16 bits take all values, wider ones lie in [-1000, 1000],
   * floats are Gaussian with deviation 3.
   */
  byte[] contents(TensorType type, int elements) {
    ByteBuffer bytes = ByteBuffer.allocate(elements * type.bytes()).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < elements; i++) {
      switch (type) {
        case FLOAT32 -> bytes.putFloat((float) (3 * random.nextGaussian()));
        case FLOAT64 -> bytes.putDouble(3 * random.nextGaussian());
        case FLOAT16 -> bytes.putShort((short) (number(0, 1) << 15 | number(0x2000, 0x4400)));
        case BFLOAT16 -> bytes.putShort((short) (number(0, 1) << 15 | number(0x3a00, 0x4100)));
        case BOOL -> bytes.put((byte) number(0, 1));
        case INT8, UINT8 -> bytes.put((byte) random.nextInt());
        case INT16, UINT16 -> bytes.putShort((short) random.nextInt());
        case INT32 -> bytes.putInt(number(-1000, 1000));
        case UINT32 -> bytes.putInt(number(0, 2000));
        case INT64 -> bytes.putLong(number(-1000, 1000));
        case UINT64 -> bytes.putLong(number(0, 2000));
        case COMPLEX64 ->
            bytes
                .putFloat((float) (3 * random.nextGaussian()))
                .putFloat((float) (3 * random.nextGaussian()));
        case COMPLEX128 ->
            bytes.putDouble(3 * random.nextGaussian()).putDouble(3 * random.nextGaussian());
        default -> throw new IllegalArgumentException("no contents of type " + type);
      }
    }
    return bytes.array();
  }

  /** Integers of [least, greatest] as an int8, uint8, int16, int32 or int64 tensor. */
  byte[] integers(TensorType type, int elements, int least, int greatest) {
    ByteBuffer bytes = ByteBuffer.allocate(elements * type.bytes()).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < elements; i++) {
      int value = number(least, greatest);
      switch (type.bytes()) {
        case 1 -> bytes.put((byte) value);
        case 2 -> bytes.putShort((short) value);
        case 4 -> bytes.putInt(value);
        default -> bytes.putLong(value);
      }
    }
    return bytes.array();
  }

  /** Floats of [least, greatest]. */
  byte[] floats(int elements, double least, double greatest) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * elements).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < elements; i++) {
      bytes.putFloat(real(least, greatest));
    }
    return bytes.array();
  }

  static byte[] bytes(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.remaining()];
    buffer.duplicate().get(bytes);
    return bytes;
  }

  OpCase build() {
    List<List<byte[]>> all = new ArrayList<>();
    for (int i = 0; i < runs; i++) {
      all.add(contents.stream().map(Supplier::get).toList());
    }
    return new OpCase(bytes(model.write()), all, shapes, tolerance, exactSteps, fastSteps, oracle);
  }
}

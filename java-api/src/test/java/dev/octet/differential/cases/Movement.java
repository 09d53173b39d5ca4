// SPDX-License-Identifier: Apache-2.0
package dev.octet.differential.cases;

import dev.octet.TensorType;
import dev.octet.tflite.TestModel;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/**
 * A model of one operator that moves elements of one type: all its tensors have the same
 * quantization, or none, and the parameters are constant or given in each run.
 */
final class Movement {
  final SingleOp m;
  final TensorType type;
  private final boolean quantized;
  private final float scale;
  private final int zero;
  private final boolean constantParameters;

  private Movement(SingleOp m, TensorType type) {
    this.m = m;
    this.type = type;
    this.quantized =
        switch (type) {
          case INT8, UINT8, INT16 -> m.chance(0.7);
          default -> false;
        };
    this.scale = m.scale(0.01, 2);
    this.zero = m.zero(type);
    this.constantParameters = m.chance(0.8);
    m.fastSteps(0);
    m.tolerance(0);
  }

  /** One generator for each kind of elements, separated by spaces; "any" draws one. */
  static void each(
      List<OpGenerator> to, String operator, String kinds, Consumer<Movement> builder) {
    for (String kind : kinds.split(" ")) {
      to.add(new OpGenerator(operator, kind, m -> builder.accept(new Movement(m, type(m, kind)))));
    }
  }

  private static TensorType type(SingleOp m, String kind) {
    return switch (kind) {
      case "any" ->
          m.any(
              TensorType.FLOAT32,
              TensorType.INT8,
              TensorType.UINT8,
              TensorType.INT16,
              TensorType.INT32,
              TensorType.INT64,
              TensorType.BOOL,
              TensorType.FLOAT16,
              TensorType.BFLOAT16,
              TensorType.FLOAT64,
              TensorType.UINT16,
              TensorType.UINT32,
              TensorType.UINT64,
              TensorType.COMPLEX64,
              TensorType.COMPLEX128,
              TensorType.STRING);
      case "str" -> TensorType.STRING;
      case "bool" -> TensorType.BOOL;
      case "c64" -> TensorType.COMPLEX64;
      case "c128" -> TensorType.COMPLEX128;
      default ->
          TensorType.valueOf(
              kind.toUpperCase(Locale.ROOT)
                  .replaceFirst("^BF", "BFLOAT")
                  .replaceFirst("^F", "FLOAT")
                  .replaceFirst("^I", "INT")
                  .replaceFirst("^U", "UINT"));
    };
  }

  /** Data: an input, or, with strings, a constant. */
  int x(int... shape) {
    if (type == TensorType.STRING) {
      String[] strings = new String[SingleOp.product(shape)];
      Arrays.setAll(strings, i -> "s".repeat(m.number(0, 3)) + m.number(0, 99));
      return m.constant(type, SingleOp.bytes(TestModel.strings(strings)), shape);
    }
    int[] own = shape.clone();
    return quantize(m.input(type, () -> contents(own), own));
  }

  /** Data in the file. */
  int constant(int... shape) {
    return quantize(m.constant(type, contents(shape), shape.clone()));
  }

  /** Random elements; of int4 with zeros where the last byte has room for another. */
  private byte[] contents(int[] shape) {
    int elements = SingleOp.product(shape);
    if (type != TensorType.INT4) {
      return m.contents(type, elements);
    }
    byte[] pairs = m.contents(TensorType.UINT8, (elements + 1) / 2);
    if (elements % 2 == 1) {
      pairs[elements / 2] &= 15;
    }
    return pairs;
  }

  int y() {
    return quantize(m.output(type));
  }

  private int quantize(int tensor) {
    return quantized ? m.quantize(tensor, type, scale, zero) : tensor;
  }

  /** Dimensions of 1 to 6, rarely 0. */
  int[] shape(int leastRank, int greatestRank) {
    int[] shape = m.shape(m.number(leastRank, greatestRank), 6);
    // of no int4 elements TensorFlow Lite makes a byte
    if (shape.length > 0 && type != TensorType.INT4 && m.chance(0.03)) {
      shape[m.number(0, shape.length - 1)] = 0;
    }
    return shape;
  }

  /** An int32 parameter. */
  int parameter(int[] shape, int... values) {
    return parameter(TensorType.INT32, shape, values);
  }

  int vector(int... values) {
    return parameter(new int[] {values.length}, values);
  }

  int scalar(int value) {
    return parameter(new int[0], value);
  }

  int parameter(TensorType type, int[] shape, int... values) {
    ByteBuffer bytes =
        ByteBuffer.allocate(values.length * type.bytes()).order(ByteOrder.LITTLE_ENDIAN);
    for (int value : values) {
      switch (type) {
        case INT8 -> bytes.put((byte) value);
        case INT16 -> bytes.putShort((short) value);
        case INT64 -> bytes.putLong(value);
        default -> bytes.putInt(value);
      }
    }
    byte[] contents = bytes.array();
    // a string's constant data are not given in a run either
    return constantParameters || this.type == TensorType.STRING
        ? m.constant(type, contents, shape)
        : m.input(type, () -> contents, shape);
  }

  /** int32 or int64. */
  TensorType index() {
    return m.any(TensorType.INT32, TensorType.INT64);
  }

  int[] permutation(int n) {
    List<Integer> axes = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      axes.add(i);
    }
    java.util.Collections.shuffle(axes, m.random());
    return axes.stream().mapToInt(Integer::intValue).toArray();
  }

  /** The axis, or the same counted from the end. */
  int signed(int axis, int rank) {
    return m.chance(0.3) ? axis - rank : axis;
  }
}

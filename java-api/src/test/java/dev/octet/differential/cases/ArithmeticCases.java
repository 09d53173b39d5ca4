// SPDX-License-Identifier: Apache-2.0
package dev.octet.differential.cases;

import static dev.octet.differential.cases.SingleOp.in;

import dev.octet.TensorType;
import dev.octet.tflite.Activation;
import dev.octet.tflite.BuiltinOperator;
import dev.octet.tflite.Table;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/** ADD, SUB, MUL, DIV and SQUARED_DIFFERENCE. */
final class ArithmeticCases implements OpCases {
  /** Ranks up to which the peer's kernels broadcast. */
  private static final int RANK = 6;

  @Override
  public List<OpGenerator> generators() {
    List<OpGenerator> all = new ArrayList<>();
    for (BuiltinOperator operator :
        List.of(BuiltinOperator.ADD, BuiltinOperator.SUB, BuiltinOperator.MUL)) {
      for (TensorType type : List.of(TensorType.FLOAT32, TensorType.INT32, TensorType.INT64)) {
        all.add(new OpGenerator(operator.name(), Kinds.of(type), m -> plain(m, operator, type)));
      }
      for (TensorType type : List.of(TensorType.INT8, TensorType.UINT8)) {
        all.add(
            new OpGenerator(operator.name(), Kinds.of(type), m -> quantized(m, operator, type)));
      }
    }
    all.add(new OpGenerator("ADD", "i16", m -> sum16(m, BuiltinOperator.ADD)));
    all.add(new OpGenerator("SUB", "i16", m -> sum16(m, BuiltinOperator.SUB)));
    all.add(new OpGenerator("MUL", "i16", ArithmeticCases::product16));
    all.add(new OpGenerator("MUL", "u32", m -> plain(m, BuiltinOperator.MUL, TensorType.UINT32)));
    all.add(new OpGenerator("MUL", "c64", ArithmeticCases::complex));
    for (TensorType type : Kinds.types("f32 i8 u8 i32")) {
      all.add(new OpGenerator("DIV", Kinds.of(type), m -> quotient(m, type)));
    }
    for (TensorType type : Kinds.types("f32 i8 i32")) {
      all.add(new OpGenerator("SQUARED_DIFFERENCE", Kinds.of(type), m -> difference(m, type)));
    }
    return all;
  }

  private static void quotient(SingleOp m, TensorType type) {
    int[][] shapes = BinaryShapes.of(m, 2, 5);
    int k = SingleOp.product(shapes[1]);
    int a;
    int b;
    int y;
    if (type == TensorType.FLOAT32 || type == TensorType.INT32) {
      a = m.input(type, shapes[0]);
      b = m.input(type, () -> notZero(m, type, k, 0), shapes[1]);
      y = m.output(type);
    } else {
      float first = m.scale(0.005, 0.5);
      float second = m.scale(0.005, 0.5);
      int zero = m.zero(type);
      int dividend = m.zero(type);
      // below a factor of 128 the peer shifts small dividends by more than 31 bits, that is by few
      boolean large = m.chance(0.5);
      int n = SingleOp.product(shapes[0]);
      a = m.input(type, () -> large ? far(m, type, n, dividend) : m.contents(type, n), shapes[0]);
      m.quantize(a, type, first, dividend);
      b = m.input(type, () -> notZero(m, type, k, zero), shapes[1]);
      m.quantize(b, type, second, zero);
      y = m.quantizedOutput(type, first / second / (large ? m.scale(1, 100) : m.scale(128, 500)));
    }
    operator(m, BuiltinOperator.DIV, m.activation(), true, a, b, y);
  }

  /** Bytes that are 64 or more from {@code zero}. */
  private static byte[] far(SingleOp m, TensorType type, int count, int zero) {
    byte[] bytes = m.contents(type, count);
    for (int i = 0; i < count; i++) {
      while (Math.abs((type == TensorType.INT8 ? bytes[i] : bytes[i] & 0xff) - zero) < 64) {
        bytes[i] = (byte) m.number(-128, 127);
      }
    }
    return bytes;
  }

  /** Random numbers but 0 and, of 8 bits, another. */
  private static byte[] notZero(SingleOp m, TensorType type, int count, int other) {
    byte[] bytes = m.contents(type, count);
    ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < count; i++) {
      if (type.bytes() == 1) {
        while (bytes[i] == 0 || bytes[i] == (byte) other) {
          bytes[i] = (byte) m.number(-128, 127);
        }
      } else if (buffer.getInt(4 * i) == 0) {
        buffer.putInt(4 * i, type == TensorType.INT32 ? 7 : Float.floatToIntBits(0.7f));
      }
    }
    return bytes;
  }

  private static void difference(SingleOp m, TensorType type) {
    int[][] shapes = BinaryShapes.of(m, 2, 4);
    float first = m.scale(0.005, 0.5);
    float second = m.chance(0.2) ? first : m.scale(0.005, 0.5);
    int a = m.input(type, shapes[0]);
    int b = m.input(type, shapes[1]);
    int y = m.output(type);
    if (type == TensorType.INT8) {
      m.quantize(a, type, first, m.zero(type));
      m.quantize(b, type, second, m.zero(type));
      float greatest = Math.max(first, second);
      m.quantize(y, type, m.scale(2, 300) * greatest * greatest, m.zero(type));
    }
    m.operator(BuiltinOperator.SQUARED_DIFFERENCE, 2, null, in(a, b), y);
  }

  private static void operator(
      SingleOp m, BuiltinOperator operator, Activation activation, boolean shifts, int... ids) {
    String name = operator.name();
    Table.Builder options =
        Table.builder(name.charAt(0) + name.substring(1).toLowerCase() + "Options")
            .set("fused_activation_function", activation);
    if (operator == BuiltinOperator.ADD || operator == BuiltinOperator.SUB) {
      options.set("pot_scale_int16", shifts);
    }
    m.operator(operator, 2, options.build(), in(ids[0], ids[1]), ids[2]);
  }

  private static void plain(SingleOp m, BuiltinOperator operator, TensorType type) {
    int[][] shapes = BinaryShapes.of(m, 2, RANK);
    boolean folds = type != TensorType.FLOAT32 && m.chance(0.2);
    int a = operand(m, type, folds, shapes[0]);
    int b = operand(m, type, folds, shapes[1]);
    Activation activation = type == TensorType.UINT32 ? Activation.NONE : m.activation();
    operator(m, operator, activation, true, a, b, m.output(type));
  }

  private static int operand(SingleOp m, TensorType type, boolean constant, int[] shape) {
    return constant
        ? m.constant(type, m.contents(type, SingleOp.product(shape)), shape.clone())
        : m.input(type, shape);
  }

  private static void complex(SingleOp m) {
    int[][] shapes = BinaryShapes.of(m, 2, RANK);
    int a = m.input(TensorType.COMPLEX64, shapes[0]);
    int b = m.input(TensorType.COMPLEX64, shapes[1]);
    int y = m.output(TensorType.COMPLEX64);
    operator(m, BuiltinOperator.MUL, Activation.NONE, true, a, b, y);
  }

  private static void quantized(SingleOp m, BuiltinOperator operator, TensorType type) {
    int[][] shapes = BinaryShapes.of(m, 2, RANK);
    float first = m.scale(0.005, 0.5);
    float second = m.chance(0.2) ? first : m.scale(0.005, 0.5);
    int a = m.quantizedInput(type, first, shapes[0]);
    int b = m.quantizedInput(type, second, shapes[1]);
    float range = operator == BuiltinOperator.MUL ? 100 * first * second : first + second;
    int y = m.quantizedOutput(type, m.chance(0.1) ? 3 * range : m.scale(0.2, 1.5) * range);
    operator(m, operator, m.activation(), true, a, b, y);
  }

  private static void sum16(SingleOp m, BuiltinOperator operator) {
    boolean plain = operator == BuiltinOperator.ADD && m.chance(0.25);
    boolean shifts = !plain && m.chance(0.4);
    int[][] shapes = BinaryShapes.of(m, 2, RANK);
    if (shifts && operator == BuiltinOperator.ADD) {
      // which the peer does not broadcast
      shapes[1] = shapes[0];
    }
    int a = m.input(TensorType.INT16, shapes[0]);
    int b = m.input(TensorType.INT16, shapes[1]);
    int y = m.output(TensorType.INT16);
    if (shifts) {
      float scale = (float) Math.scalb(1.0, m.number(-15, 0));
      // the peer shifts by 16 and more to -1 or 1
      float lesser = (float) Math.scalb(1.0, m.number(-15, 0)) * scale;
      m.quantize(a, TensorType.INT16, m.chance(0.5) ? scale : lesser, 0);
      m.quantize(b, TensorType.INT16, scale, 0);
      m.quantize(y, TensorType.INT16, scale, 0);
    } else if (!plain) {
      float first = m.scale(1e-5, 1e-2);
      float second = m.chance(0.2) ? first : m.scale(1e-5, 1e-2);
      m.quantize(a, TensorType.INT16, first, 0);
      m.quantize(b, TensorType.INT16, second, 0);
      m.quantize(y, TensorType.INT16, m.scale(0.3, 2) * (first + second), 0);
    }
    operator(m, operator, m.activation(), shifts || m.chance(0.5), a, b, y);
  }

  private static void product16(SingleOp m) {
    boolean narrows = m.chance(0.25);
    boolean plain = !narrows && m.chance(0.3);
    int[][] shapes = BinaryShapes.of(m, 2, RANK);
    if (narrows) {
      // which the peer does not broadcast
      shapes[1] = shapes[0];
    }
    int a = m.input(TensorType.INT16, shapes[0]);
    int b = m.input(TensorType.INT16, shapes[1]);
    TensorType type = narrows ? m.any(TensorType.INT8, TensorType.UINT8) : TensorType.INT16;
    int y = m.output(type);
    if (!plain) {
      m.quantize(a, TensorType.INT16, narrows ? 1f / 32768 : m.scale(1e-5, 1e-2), 0);
      m.quantize(b, TensorType.INT16, narrows ? 1f / 32768 : m.scale(1e-5, 1e-2), 0);
      m.quantize(y, type, narrows ? 1f / 128 : m.scale(1e-5, 1e-2), m.zero(type));
    }
    operator(m, BuiltinOperator.MUL, m.activation(), true, a, b, y);
  }
}

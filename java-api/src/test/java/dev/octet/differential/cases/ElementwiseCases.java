// SPDX-License-Identifier: Apache-2.0
package dev.octet.differential.cases;

import static dev.octet.differential.cases.SingleOp.in;

import dev.octet.TensorType;
import dev.octet.tflite.BuiltinOperator;
import dev.octet.tflite.TestModel;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiConsumer;

/** Functions of two or more numbers as they are stored. */
final class ElementwiseCases implements OpCases {
  private final List<OpGenerator> all = new ArrayList<>();

  ElementwiseCases() {
    String ordered = "f32 f16 bf16 i8 u8 i16 i32 i64";
    family(BuiltinOperator.MAXIMUM, ordered, (m, t) -> binary(m, BuiltinOperator.MAXIMUM, t, 5));
    family(BuiltinOperator.MINIMUM, ordered, (m, t) -> binary(m, BuiltinOperator.MINIMUM, t, 5));
    for (BuiltinOperator operator :
        List.of(BuiltinOperator.LOGICAL_AND, BuiltinOperator.LOGICAL_OR)) {
      family(operator, "bool", (m, t) -> binary(m, operator, t, 4));
    }
    family(
        BuiltinOperator.BITWISE_XOR,
        "i8 u8 i16 u16 i32 u32",
        (m, t) -> binary(m, BuiltinOperator.BITWISE_XOR, t, 4));
    family(
        BuiltinOperator.RIGHT_SHIFT,
        "i8 u8 i16 u16 i32 u32",
        (m, t) -> shift(m, BuiltinOperator.RIGHT_SHIFT, t, true));
    family(
        BuiltinOperator.STABLEHLO_SHIFT_LEFT,
        "i8 i16 i32",
        (m, t) -> shift(m, BuiltinOperator.STABLEHLO_SHIFT_LEFT, t, false));
    family(BuiltinOperator.POW, "f32 i32", ElementwiseCases::power);
    family(
        BuiltinOperator.FLOOR_DIV,
        "f32 i8 i16 i32",
        (m, t) -> division(m, BuiltinOperator.FLOOR_DIV, t));
    family(
        BuiltinOperator.FLOOR_MOD,
        "f32 i8 i16 i32 i64",
        (m, t) -> division(m, BuiltinOperator.FLOOR_MOD, t));
    family(BuiltinOperator.ATAN2, "f32 f16 bf16 f64", (m, t) -> same(m, BuiltinOperator.ATAN2, t));
    String numbers = "f16 f32 f64 i8 i16 i32 i64 u8 u16 u32 u64 bool";
    for (BuiltinOperator operator :
        List.of(
            BuiltinOperator.STABLEHLO_ADD,
            BuiltinOperator.STABLEHLO_MAXIMUM,
            BuiltinOperator.STABLEHLO_MINIMUM,
            BuiltinOperator.STABLEHLO_MULTIPLY)) {
      family(operator, numbers, (m, t) -> same(m, operator, t));
    }
    family(
        BuiltinOperator.STABLEHLO_AND,
        "i8 i16 i32 i64 u8 u16 u32 u64 bool",
        (m, t) -> same(m, BuiltinOperator.STABLEHLO_AND, t));
    family(BuiltinOperator.ADD_N, "f32 i32", ElementwiseCases::sum);
  }

  @Override
  public List<OpGenerator> generators() {
    return all;
  }

  private void family(
      BuiltinOperator operator, String words, BiConsumer<SingleOp, TensorType> builder) {
    for (TensorType type : Kinds.types(words)) {
      all.add(new OpGenerator(operator.name(), Kinds.of(type), m -> builder.accept(m, type)));
    }
  }

  private static void binary(SingleOp m, BuiltinOperator operator, TensorType type, int rank) {
    int[][] shapes = BinaryShapes.of(m, 2, rank);
    boolean folds = type.bits() >= 32 && type != TensorType.FLOAT32 && m.chance(0.2);
    int a = folds ? constant(m, type, shapes[0]) : m.input(type, shapes[0]);
    int b = folds ? constant(m, type, shapes[1]) : m.input(type, shapes[1]);
    m.operator(operator, operator.name().startsWith("M") ? 4 : 1, null, in(a, b), m.output(type));
  }

  private static int constant(SingleOp m, TensorType type, int[] shape) {
    return m.constant(type, m.contents(type, SingleOp.product(shape)), shape.clone());
  }

  private static void same(SingleOp m, BuiltinOperator operator, TensorType type) {
    int[] shape = m.shape(m.number(operator == BuiltinOperator.ATAN2 ? 0 : 1, 6), 4);
    int a = m.input(type, shape);
    int b = m.input(type, shape);
    if (type == TensorType.FLOAT16 || type == TensorType.BFLOAT16) {
      // rounded once, but not from the same float32
      m.tolerance(type == TensorType.FLOAT16 ? 0x1p-10 : 0x1p-7);
    }
    m.operator(operator, 1, null, in(a, b), m.output(type));
  }

  private static void shift(
      SingleOp m, BuiltinOperator operator, TensorType type, boolean broadcasts) {
    int[] shape = m.shape(m.number(1, 6), 4);
    int[][] shapes = broadcasts ? BinaryShapes.of(m, 2, 4) : new int[][] {shape, shape};
    int bits = type.bits();
    // the peer shifts left by more than an int has bits as the processor happens to
    int least = broadcasts && !Kinds.of(type).startsWith("u") ? -3 : 0;
    int greatest = broadcasts ? bits + 3 : bits - 1;
    int a = m.input(type, () -> any(m, type, shapes[0]), shapes[0]);
    int b =
        m.input(
            type, () -> m.integers(type, SingleOp.product(shapes[1]), least, greatest), shapes[1]);
    m.operator(operator, 1, null, in(a, b), m.output(type));
  }

  /** All bits of integers. */
  private static byte[] any(SingleOp m, TensorType type, int[] shape) {
    byte[] bytes = new byte[SingleOp.product(shape) * type.bytes()];
    m.random().nextBytes(bytes);
    return bytes;
  }

  private static void power(SingleOp m, TensorType type) {
    int[][] shapes = BinaryShapes.of(m, 2, 4);
    boolean whole = m.chance(0.5);
    if (m.chance(0.4)) {
      shapes[1] = new int[] {1};
    }
    int n = SingleOp.product(shapes[0]);
    int k = SingleOp.product(shapes[1]);
    int a;
    int b;
    if (type == TensorType.INT32) {
      a = m.input(type, () -> m.integers(type, n, -9, 9), shapes[0]);
      b = m.input(type, () -> m.integers(type, k, 0, whole ? 5 : 14), shapes[1]);
    } else if (whole) {
      a = m.input(type, () -> m.floats(n, -3, 3), shapes[0]);
      b = m.input(type, () -> wholes(m, k), shapes[1]);
    } else {
      a = m.input(type, () -> m.floats(n, 0.01, 3), shapes[0]);
      b = m.input(type, () -> m.floats(k, -3, 3), shapes[1]);
    }
    m.operator(BuiltinOperator.POW, 1, null, in(a, b), m.output(type));
  }

  private static byte[] wholes(SingleOp m, int count) {
    float[] floats = new float[count];
    for (int i = 0; i < count; i++) {
      floats[i] = m.number(0, 5);
    }
    return SingleOp.bytes(TestModel.floats(floats));
  }

  private static void division(SingleOp m, BuiltinOperator operator, TensorType type) {
    int[][] shapes = BinaryShapes.of(m, 2, 4);
    int k = SingleOp.product(shapes[1]);
    boolean extremes = type != TensorType.FLOAT32 && m.chance(0.3);
    int a =
        extremes
            ? m.input(type, () -> any(m, type, shapes[0]), shapes[0])
            : m.input(type, shapes[0]);
    int b = m.input(type, () -> divisors(m, type, k), shapes[1]);
    m.operator(
        operator, operator == BuiltinOperator.FLOOR_DIV ? 3 : 2, null, in(a, b), m.output(type));
  }

  /** Numbers but 0; of integers but -1 too, whose quotient with the least number traps. */
  private static byte[] divisors(SingleOp m, TensorType type, int count) {
    byte[] bytes = m.contents(type, count);
    ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    byte[] one = new byte[type.bytes()];
    if (type == TensorType.FLOAT32) {
      one = SingleOp.bytes(TestModel.floats(0.75f));
    } else {
      one[0] = 3;
    }
    byte[] element = new byte[type.bytes()];
    byte[] minusOne = new byte[type.bytes()];
    Arrays.fill(minusOne, (byte) -1);
    for (int i = 0; i < count; i++) {
      buffer.get(i * element.length, element);
      if (Arrays.equals(element, new byte[element.length]) || Arrays.equals(element, minusOne)) {
        buffer.put(i * element.length, one);
      }
    }
    return bytes;
  }

  private static void sum(SingleOp m, TensorType type) {
    int[] shape = m.shape(m.number(0, 5), 6);
    int[] inputs = new int[m.number(2, 6)];
    for (int i = 0; i < inputs.length; i++) {
      inputs[i] = i > 0 && m.chance(0.2) ? inputs[0] : m.input(type, shape);
    }
    m.operator(BuiltinOperator.ADD_N, 1, null, inputs, m.output(type));
  }
}

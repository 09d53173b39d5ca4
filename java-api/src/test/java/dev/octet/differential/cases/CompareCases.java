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

/** Comparisons, SELECT, SELECT_V2, BROADCAST_TO and BROADCAST_ARGS. */
final class CompareCases implements OpCases {
  private final List<OpGenerator> all = new ArrayList<>();

  CompareCases() {
    comparison(BuiltinOperator.EQUAL, 4, "f32 i8 u8 i16 i32 i64 bool str");
    comparison(BuiltinOperator.NOT_EQUAL, 3, "f32 i8 u8 i32 i64 bool str");
    comparison(BuiltinOperator.LESS, 3, "f32 f16 bf16 i8 u8 i16 i32 i64");
    comparison(BuiltinOperator.LESS_EQUAL, 2, "f32 i8 u8 i32 i64");
    comparison(BuiltinOperator.GREATER, 2, "f32 i8 u8 i32 i64");
    comparison(BuiltinOperator.GREATER_EQUAL, 3, "f32 i8 u8 i16 i32 i64");
    for (TensorType type : Kinds.types("f32 i8 u8 i16 i32 u32 i64 bool")) {
      all.add(new OpGenerator("SELECT", Kinds.of(type), m -> select(m, type)));
      all.add(new OpGenerator("SELECT_V2", Kinds.of(type), m -> selectBroadcast(m, type)));
    }
    for (TensorType type :
        Kinds.types("f32 f16 bf16 f64 i8 u8 i16 u16 i32 u32 i64 u64 bool c64 c128")) {
      all.add(new OpGenerator("BROADCAST_TO", Kinds.of(type), m -> broadcastTo(m, type)));
    }
    for (TensorType type : Kinds.types("i32 i64")) {
      all.add(new OpGenerator("BROADCAST_ARGS", Kinds.of(type), m -> broadcastArgs(m, type)));
    }
  }

  @Override
  public List<OpGenerator> generators() {
    return all;
  }

  private void comparison(BuiltinOperator operator, int version, String words) {
    for (TensorType type : Kinds.types(words)) {
      all.add(
          new OpGenerator(
              operator.name(), Kinds.of(type), m -> compare(m, operator, version, type)));
    }
  }

  private static void compare(SingleOp m, BuiltinOperator operator, int version, TensorType type) {
    int[][] shapes = BinaryShapes.of(m, 2, 4);
    int[] inputs = new int[2];
    float scale = m.scale(0.001, 0.9);
    int zero = m.zero(type);
    boolean folds = m.chance(0.2);
    for (int i = 0; i < 2; i++) {
      int n = SingleOp.product(shapes[i]);
      switch (type) {
        case STRING -> inputs[i] = strings(m, shapes[i]);
        case INT8, UINT8 -> {
          boolean same = m.chance(0.5);
          inputs[i] =
              m.quantize(
                  m.input(type, shapes[i]),
                  type,
                  same ? scale : m.scale(0.001, 0.9),
                  same ? zero : m.zero(type));
        }
        case INT16, INT32, INT64 ->
            inputs[i] =
                folds
                    ? m.constant(type, m.integers(type, n, -3, 3), shapes[i])
                    : m.input(type, () -> m.integers(type, n, -3, 3), shapes[i]);
        default -> inputs[i] = m.input(type, () -> few(m, type, n), shapes[i]);
      }
    }
    m.operator(operator, version, null, in(inputs), m.output(TensorType.BOOL));
  }

  /** Random elements of which many are equal. */
  private static byte[] few(SingleOp m, TensorType type, int count) {
    byte[] bytes = m.contents(type, count);
    byte[] choices = new SingleOp(7).contents(type, 4);
    int size = type.bytes();
    for (int i = 0; i < count; i++) {
      if (m.chance(0.7)) {
        System.arraycopy(choices, size * m.number(0, 3), bytes, size * i, size);
      }
    }
    return bytes;
  }

  /** Strings in the file: the peer's are not given in a run. */
  private static int strings(SingleOp m, int[] shape) {
    String[] strings = new String[SingleOp.product(shape)];
    Arrays.setAll(strings, i -> m.any("", "a", "b", "ab", "\u00e4"));
    return m.constant(TensorType.STRING, SingleOp.bytes(TestModel.strings(strings)), shape.clone());
  }

  private static void select(SingleOp m, TensorType type) {
    int[] shape = m.shape(m.number(0, 5), 5);
    int[] condition = m.chance(0.5) ? shape : new int[] {};
    if (shape.length > 0 && m.chance(0.4)) {
      condition = new int[] {shape[0]};
    }
    int c = m.input(TensorType.BOOL, condition);
    int a = m.input(type, shape);
    int b = m.input(type, shape);
    m.operator(BuiltinOperator.SELECT, 1, null, in(c, a, b), m.output(type));
  }

  private static void selectBroadcast(SingleOp m, TensorType type) {
    int[][] shapes = BinaryShapes.of(m, 3, 5);
    int c = m.input(TensorType.BOOL, shapes[0]);
    int a = m.input(type, shapes[1]);
    int b = m.input(type, shapes[2]);
    m.operator(BuiltinOperator.SELECT_V2, 1, null, in(c, a, b), m.output(type));
  }

  private static void broadcastTo(SingleOp m, TensorType type) {
    int[] shape = m.shape(m.number(1, 8), 3);
    int drop = m.number(0, shape.length);
    int[] own = Arrays.copyOfRange(shape, drop, shape.length);
    for (int i = 0; i < own.length; i++) {
      own[i] = m.chance(0.5) ? 1 : own[i];
    }
    boolean wide = m.chance(0.3);
    byte[] dims = new byte[(wide ? 8 : 4) * shape.length];
    ByteBuffer buffer = ByteBuffer.wrap(dims).order(ByteOrder.LITTLE_ENDIAN);
    for (int dim : shape) {
      if (wide) {
        buffer.putLong(dim);
      } else {
        buffer.putInt(dim);
      }
    }
    TensorType dimType = wide ? TensorType.INT64 : TensorType.INT32;
    int x = m.input(type, () -> few(m, type, SingleOp.product(own)), own);
    int to =
        m.chance(0.6)
            ? m.constant(dimType, dims, shape.length)
            : m.input(dimType, () -> dims, shape.length);
    if (type == TensorType.BFLOAT16) {
      m.oracle(new Repetition(own, shape, type.bytes()));
    }
    m.operator(BuiltinOperator.BROADCAST_TO, 2, null, in(x, to), m.output(type));
  }

  /** The first input, repeated. */
  private record Repetition(int[] from, int[] to, int size) implements OpCase.Oracle {
    @Override
    public String reason() {
      return "the peer leaves bfloat16 unwritten";
    }

    @Override
    public List<byte[]> outputs(List<byte[]> inputs) {
      byte[] y = new byte[SingleOp.product(to) * size];
      for (int i = 0; i < y.length / size; i++) {
        int source = 0;
        int stride = 1;
        int rest = i;
        for (int axis = 1; axis <= to.length; axis++) {
          int at = rest % to[to.length - axis];
          rest /= to[to.length - axis];
          int dim = axis > from.length ? 1 : from[from.length - axis];
          source += dim == 1 ? 0 : at * stride;
          stride *= dim;
        }
        System.arraycopy(inputs.get(0), source * size, y, i * size, size);
      }
      return List.of(y);
    }
  }

  private static void broadcastArgs(SingleOp m, TensorType type) {
    int[][] shapes = BinaryShapes.of(m, 2, 6);
    int[] inputs = new int[2];
    boolean constant = m.chance(0.3);
    for (int i = 0; i < 2; i++) {
      int[] shape = shapes[i].length == 0 ? new int[] {1} : shapes[i];
      ByteBuffer dims =
          ByteBuffer.allocate(shape.length * type.bytes()).order(ByteOrder.LITTLE_ENDIAN);
      for (int dim : shape) {
        if (type == TensorType.INT32) {
          dims.putInt(dim);
        } else {
          dims.putLong(dim);
        }
      }
      inputs[i] =
          constant
              ? m.constant(type, dims.array(), shape.length)
              : m.input(type, dims::array, shape.length);
    }
    m.operator(BuiltinOperator.BROADCAST_ARGS, 1, null, inputs, m.output(type));
  }
}

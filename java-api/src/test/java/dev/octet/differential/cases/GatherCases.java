// SPDX-License-Identifier: Apache-2.0
package dev.octet.differential.cases;

import static dev.octet.differential.cases.SingleOp.in;

import dev.octet.TensorType;
import dev.octet.tflite.BuiltinOperator;
import dev.octet.tflite.Table;
import dev.octet.tflite.TestModel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiConsumer;

/** GATHER, GATHER_ND, SCATTER_ND, EMBEDDING_LOOKUP, DYNAMIC_UPDATE_SLICE, CUMSUM. */
final class GatherCases implements OpCases {
  @Override
  public List<OpGenerator> generators() {
    List<OpGenerator> all = new ArrayList<>();
    all.addAll(of("GATHER", "f32 f16 bf16 i4 i8 u8 i16 i32 i64 bool str", GatherCases::gather));
    all.addAll(of("GATHER_ND", "f32 f16 bf16 i8 u8 i16 i32 i64 bool str", GatherCases::gatherNd));
    all.addAll(of("SCATTER_ND", "f32 i8 u8 i32 i64 bool", GatherCases::scatterNd));
    all.addAll(of("EMBEDDING_LOOKUP", "f32 i8 u8", GatherCases::embedding));
    all.add(new OpGenerator("EMBEDDING_LOOKUP", "hybrid", m -> hybrid(m, false)));
    all.add(new OpGenerator("EMBEDDING_LOOKUP", "i4w", m -> hybrid(m, true)));
    all.addAll(of("DYNAMIC_UPDATE_SLICE", "f32 f16 i8 i16 i32 i64 bool", GatherCases::updateSlice));
    all.addAll(of("CUMSUM", "f32 i32 i64", GatherCases::cumsum));
    return all;
  }

  /** A generator for each kind of elements. */
  static List<OpGenerator> of(
      String operator, String types, BiConsumer<SingleOp, TensorType> builder) {
    List<OpGenerator> all = new ArrayList<>();
    for (String word : types.split(" ")) {
      TensorType type = type(word);
      all.add(new OpGenerator(operator, word, m -> builder.accept(m, type)));
    }
    return all;
  }

  static TensorType type(String word) {
    return switch (word) {
      case "f32" -> TensorType.FLOAT32;
      case "f16" -> TensorType.FLOAT16;
      case "bf16" -> TensorType.BFLOAT16;
      case "f64" -> TensorType.FLOAT64;
      case "i4" -> TensorType.INT4;
      case "str" -> TensorType.STRING;
      case "i8" -> TensorType.INT8;
      case "u8" -> TensorType.UINT8;
      case "i16" -> TensorType.INT16;
      case "u16" -> TensorType.UINT16;
      case "i32" -> TensorType.INT32;
      case "u32" -> TensorType.UINT32;
      case "i64" -> TensorType.INT64;
      case "u64" -> TensorType.UINT64;
      case "bool" -> TensorType.BOOL;
      default -> throw new IllegalArgumentException(word);
    };
  }

  /** Indices that are an input, or sometimes a constant. */
  static int indices(SingleOp m, TensorType type, int least, int greatest, int... shape) {
    int elements = SingleOp.product(shape);
    return m.chance(0.25)
        ? m.constant(type, m.integers(type, elements, least, greatest), shape)
        : m.input(type, () -> m.integers(type, elements, least, greatest), shape);
  }

  /** Data: an input, or, of what a run does not give, a constant. */
  static int data(SingleOp m, TensorType type, int... shape) {
    int elements = SingleOp.product(shape);
    if (type == TensorType.STRING) {
      String[] strings = new String[elements];
      Arrays.setAll(strings, i -> "s".repeat(m.number(0, 3)) + m.number(0, 99));
      return m.constant(type, SingleOp.bytes(TestModel.strings(strings)), shape);
    }
    return type == TensorType.INT4
        ? m.constant(type, m.contents(TensorType.UINT8, (elements + 1) / 2), shape)
        : m.input(type, shape);
  }

  private static void gather(SingleOp m, TensorType type) {
    int rank = type == TensorType.STRING ? 1 : m.number(type == TensorType.INT4 ? 2 : 1, 4);
    int[] shape = m.shape(rank, m.chance(0.2) ? 40 : 6);
    int axis = m.number(0, shape.length - (type == TensorType.INT4 ? 2 : 1));
    if (type == TensorType.INT4) {
      shape[rank - 1] *= 2; // TensorFlow Lite copies whole bytes
    }
    int batch = m.chance(0.4) ? m.number(0, axis) : 0;
    int extra = m.number(0, 2);
    int[] picks = new int[batch + extra];
    for (int i = 0; i < picks.length; i++) {
      picks[i] = i < batch ? shape[i] : m.number(m.chance(0.1) ? 0 : 1, 7);
    }
    TensorType index =
        m.any(TensorType.INT32, TensorType.INT32, TensorType.INT64, TensorType.INT16);
    int x = data(m, type, shape);
    int positions = indices(m, index, 0, shape[axis] - 1, picks);
    boolean fromEnd = m.chance(0.3);
    m.operator(
        BuiltinOperator.GATHER,
        index == TensorType.INT16 ? 4 : type == TensorType.BOOL ? 3 : 5,
        Table.builder("GatherOptions")
            .set("axis", fromEnd ? axis - shape.length : axis)
            .set("batch_dims", batch > 0 && m.chance(0.3) ? batch - picks.length : batch)
            .build(),
        in(x, positions),
        m.output(type));
  }

  private static void gatherNd(SingleOp m, TensorType type) {
    int[] shape = m.shape(m.number(1, 4), 6);
    int nd = m.number(1, shape.length);
    int[] outer = m.shape(m.number(0, 2), 5);
    TensorType index = m.any(TensorType.INT32, TensorType.INT64, TensorType.INT16);
    int x = data(m, type, shape);
    int positions = tuples(m, index, shape, nd, outer);
    m.operator(BuiltinOperator.GATHER_ND, 5, null, in(x, positions), m.output(type));
  }

  /** Indices of {@code nd} axes of a shape, [outer.., nd]. */
  private static int tuples(SingleOp m, TensorType type, int[] shape, int nd, int[] outer) {
    int[] dims = Arrays.copyOf(outer, outer.length + 1);
    dims[outer.length] = nd;
    int count = SingleOp.product(outer);
    return m.input(
        type,
        () -> {
          byte[] all = new byte[count * nd * type.bytes()];
          for (int i = 0; i < count * nd; i++) {
            byte[] one = m.integers(type, 1, 0, shape[i % nd] - 1);
            System.arraycopy(one, 0, all, i * type.bytes(), type.bytes());
          }
          return all;
        },
        dims);
  }

  private static void scatterNd(SingleOp m, TensorType type) {
    int[] shape = m.shape(m.number(1, 4), 6);
    int nd = m.number(1, shape.length);
    int[] outer = m.shape(m.number(1, 2), 9);
    int[] updates = new int[outer.length + shape.length - nd];
    for (int i = 0; i < updates.length; i++) {
      updates[i] = i < outer.length ? outer[i] : shape[nd + i - outer.length];
    }
    int indices = tuples(m, TensorType.INT32, shape, nd, outer);
    int u = m.input(type, updates);
    m.operator(BuiltinOperator.SCATTER_ND, 1, null, in(indices, u, dims(m, shape)), m.output(type));
  }

  /** A shape that is a constant, or sometimes an input. */
  static int dims(SingleOp m, int... shape) {
    return m.chance(0.7)
        ? m.ints(shape)
        : m.input(TensorType.INT32, () -> SingleOp.bytes(TestModel.ints(shape)), shape.length);
  }

  private static void embedding(SingleOp m, TensorType type) {
    int[] shape = m.shape(m.number(2, 4), 9);
    int count = m.number(0, 9);
    float scale = m.scale(0.001, 1);
    int rows = indices(m, TensorType.INT32, 0, shape[0] - 1, count);
    int table = m.constant(type, m.contents(type, SingleOp.product(shape)), shape);
    m.quantize(table, type, scale, 3);
    int y = m.quantize(m.output(type), type, scale, 3);
    m.operator(BuiltinOperator.EMBEDDING_LOOKUP, 3, null, in(rows, table), y);
  }

  private static void hybrid(SingleOp m, boolean int4) {
    int[] shape = m.shape(m.number(2, 3), 9);
    // TensorFlow Lite begins each int4 row at a byte
    shape[shape.length - 1] *= int4 ? 2 : 1;
    int elements = SingleOp.product(shape);
    int rows = indices(m, TensorType.INT32, 0, shape[0] - 1, m.number(1, 9));
    TensorType type = int4 ? TensorType.INT4 : m.any(TensorType.INT8, TensorType.UINT8);
    byte[] contents = m.contents(TensorType.UINT8, int4 ? elements / 2 : elements);
    int table = m.constant(type, contents, shape);
    if (int4 && shape.length == 2 && m.chance(0.4)) {
      blocks(m, table, shape);
    } else {
      scales(m, table, m.chance(0.5) ? shape[0] : 1);
    }
    int y = m.output(TensorType.FLOAT32);
    m.operator(BuiltinOperator.EMBEDDING_LOOKUP, int4 ? 4 : 3, null, in(rows, table), y);
  }

  private static void scales(SingleOp m, int table, int count) {
    float[] scales = new float[count];
    for (int i = 0; i < count; i++) {
      scales[i] = m.scale(0.001, 1);
    }
    m.graph().quantize(table, scales, new long[count], 0);
  }

  /** Blocks of an even number of columns, each with a float16 scale. */
  private static void blocks(SingleOp m, int table, int[] shape) {
    int size = shape[1] % 4 == 0 && m.chance(0.5) ? shape[1] / 2 : m.any(shape[1], 2);
    int count = shape[1] / size;
    byte[] values = new byte[2 * shape[0] * count];
    for (int i = 0; i < values.length; i += 2) {
      values[i] = (byte) m.number(0, 255);
      values[i + 1] = (byte) m.number(0x20, 0x3c);
    }
    Table details =
        Table.builder("BlockwiseQuantization")
            .set("scales", m.constant(TensorType.FLOAT16, values, shape[0], count))
            .set("zero_points", -1)
            .set("block_size", size)
            .build();
    m.graph()
        .tensor(table)
        .set(
            "quantization",
            Table.builder("QuantizationParameters").set("details", details).build());
  }

  private static void updateSlice(SingleOp m, TensorType type) {
    int[] shape = m.shape(m.number(1, 4), 7);
    int[] box = new int[shape.length];
    for (int i = 0; i < box.length; i++) {
      box[i] = m.chance(0.3) ? shape[i] : m.number(m.chance(0.05) ? 0 : 1, shape[i]);
    }
    TensorType index = m.any(TensorType.INT32, TensorType.INT64);
    int x = m.input(type, shape);
    int update = m.input(type, box);
    int starts = indices(m, index, -2, 8, shape.length);
    m.operator(
        BuiltinOperator.DYNAMIC_UPDATE_SLICE, 2, null, in(x, update, starts), m.output(type));
  }

  private static void cumsum(SingleOp m, TensorType type) {
    int[] shape = m.shape(m.number(1, 4), m.chance(0.2) ? 70 : 9);
    int x = m.input(type, shape);
    int axis = indices(m, TensorType.INT32, -shape.length, shape.length - 1);
    m.operator(
        BuiltinOperator.CUMSUM,
        1,
        Table.builder("CumsumOptions")
            .set("exclusive", m.chance(0.5))
            .set("reverse", m.chance(0.5))
            .build(),
        in(x, axis),
        m.output(type));
  }
}

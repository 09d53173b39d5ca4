// SPDX-License-Identifier: Apache-2.0
package dev.octet.differential.cases;

import static dev.octet.differential.cases.SingleOp.in;

import dev.octet.TensorType;
import dev.octet.tflite.BuiltinOperator;
import dev.octet.tflite.RngAlgorithm;
import dev.octet.tflite.Table;
import dev.octet.tflite.TestModel;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** WHERE, BUCKETIZE, NON_MAX_SUPPRESSION_*, random numbers and bits. */
final class SearchCases implements OpCases {
  @Override
  public List<OpGenerator> generators() {
    List<OpGenerator> all = new ArrayList<>();
    all.addAll(GatherCases.of("WHERE", "f32 i8 u8 i32 u32 i64 bool", SearchCases::where));
    all.addAll(GatherCases.of("BUCKETIZE", "f32 f64 i32 i64", SearchCases::bucketize));
    all.add(new OpGenerator("NON_MAX_SUPPRESSION_V4", "f32", m -> suppress(m, false)));
    all.add(new OpGenerator("NON_MAX_SUPPRESSION_V5", "f32", m -> suppress(m, true)));
    all.add(
        new OpGenerator("RANDOM_UNIFORM", "f32", m -> random(m, BuiltinOperator.RANDOM_UNIFORM)));
    all.add(
        new OpGenerator(
            "RANDOM_STANDARD_NORMAL",
            "f32",
            m -> random(m, BuiltinOperator.RANDOM_STANDARD_NORMAL)));
    all.add(new OpGenerator("MULTINOMIAL", "f32", SearchCases::multinomial));
    all.addAll(GatherCases.of("STABLEHLO_RNG_BIT_GENERATOR", "i32 u32 i64 u64", SearchCases::bits));
    return all;
  }

  private static void where(SingleOp m, TensorType type) {
    int[] shape = m.shape(m.number(1, 4), 5);
    int elements = SingleOp.product(shape);
    int x =
        m.input(
            type,
            () -> {
              byte[] contents = m.contents(type, elements);
              for (int i = 0; i < elements; i++) {
                if (m.chance(0.5)) {
                  Arrays.fill(contents, i * type.bytes(), (i + 1) * type.bytes(), (byte) 0);
                }
              }
              return contents;
            },
            shape);
    m.runs(2);
    m.operator(BuiltinOperator.WHERE, 2, null, in(x), m.output(TensorType.INT64));
  }

  private static void bucketize(SingleOp m, TensorType type) {
    float[] boundaries = new float[m.number(1, 9)];
    for (int i = 0; i < boundaries.length; i++) {
      boundaries[i] = m.chance(0.3) ? m.number(-3, 3) : m.real(-5, 5);
    }
    Arrays.sort(boundaries);
    int[] shape = m.shape(m.number(0, 3), 7);
    int elements = SingleOp.product(shape);
    boolean whole = type == TensorType.INT32 || type == TensorType.INT64;
    int x =
        whole
            ? m.input(type, () -> m.integers(type, elements, -6, 6), shape)
            : m.input(type, shape);
    m.operator(
        BuiltinOperator.BUCKETIZE,
        1,
        Table.builder("BucketizeOptions").set("boundaries", boundaries).build(),
        in(x),
        m.output(TensorType.INT32));
  }

  private static int real(SingleOp m, double least, double greatest) {
    byte[] contents = m.floats(1, least, greatest);
    return m.chance(0.5)
        ? m.constant(TensorType.FLOAT32, contents)
        : m.input(TensorType.FLOAT32, () -> contents);
  }

  private static void suppress(SingleOp m, boolean soft) {
    int count = m.number(1, 60);
    boolean ties = m.chance(0.3);
    int boxes = m.input(TensorType.FLOAT32, () -> m.floats(4 * count, 0, 4), count, 4);
    int scores =
        m.input(TensorType.FLOAT32, () -> ties ? steps(m, count) : m.floats(count, 0, 1), count);
    byte[] most = m.integers(TensorType.INT32, 1, 0, m.chance(0.5) ? 10 : 80);
    int limit =
        m.chance(0.7) ? m.constant(TensorType.INT32, most) : m.input(TensorType.INT32, () -> most);
    int overlap = real(m, 0.05, 0.9);
    int least = real(m, 0, 0.6);
    m.runs(2);
    if (soft) {
      m.operator(
          BuiltinOperator.NON_MAX_SUPPRESSION_V5,
          1,
          null,
          in(boxes, scores, limit, overlap, least, real(m, 0, 1)),
          m.output(TensorType.INT32),
          m.output(TensorType.FLOAT32),
          m.output(TensorType.INT32));
    } else {
      m.operator(
          BuiltinOperator.NON_MAX_SUPPRESSION_V4,
          1,
          null,
          in(boxes, scores, limit, overlap, least),
          m.output(TensorType.INT32),
          m.output(TensorType.INT32));
    }
  }

  private static byte[] steps(SingleOp m, int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = m.number(0, 4) / 4f;
    }
    return SingleOp.bytes(TestModel.floats(values));
  }

  private static Table seeds(SingleOp m) {
    return Table.builder("RandomOptions")
        .set("seed", m.random().nextLong())
        .set("seed2", m.chance(0.3) ? 0L : m.random().nextLong())
        .build();
  }

  private static void random(SingleOp m, BuiltinOperator operator) {
    int[] shape = m.shape(m.number(0, 3), 7);
    if (operator == BuiltinOperator.RANDOM_STANDARD_NORMAL && shape.length > 0) {
      shape[0] *= 2; // of an odd number TensorFlow Lite writes one behind its end
    }
    m.runs(3);
    m.operator(operator, 1, seeds(m), in(GatherCases.dims(m, shape)), m.output(TensorType.FLOAT32));
  }

  private static void multinomial(SingleOp m) {
    int logits = m.input(TensorType.FLOAT32, m.number(1, 4), m.number(1, 9));
    byte[] samples = m.integers(TensorType.INT32, 1, 0, 30);
    int count =
        m.chance(0.7)
            ? m.constant(TensorType.INT32, samples)
            : m.input(TensorType.INT32, () -> samples);
    m.runs(3);
    m.operator(
        BuiltinOperator.MULTINOMIAL,
        1,
        seeds(m),
        in(logits, count),
        m.output(m.any(TensorType.INT32, TensorType.INT64)));
  }

  private static void bits(SingleOp m, TensorType type) {
    RngAlgorithm algorithm =
        m.any(RngAlgorithm.DEFAULT, RngAlgorithm.PHILOX, RngAlgorithm.THREEFRY);
    int words = algorithm == RngAlgorithm.THREEFRY || m.chance(0.5) ? 2 : 3;
    int state = m.input(TensorType.UINT64, () -> longs(m, words), words);
    int[] shape = m.shape(m.number(0, 3), 7);
    m.operator(
        BuiltinOperator.STABLEHLO_RNG_BIT_GENERATOR,
        1,
        Table.builder("StablehloRngBitGeneratorOptions").set("algorithm", algorithm).build(),
        in(state),
        m.graph().output("state", TensorType.UINT64, words),
        m.graph().output("bits", type, shape));
  }

  /** Words whose lower halves are often near their end, so that the counter carries. */
  private static byte[] longs(SingleOp m, int count) {
    ByteBuffer bytes = ByteBuffer.allocate(8 * count).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < count; i++) {
      long word = m.random().nextLong();
      bytes.putLong(m.chance(0.3) ? word | 0xfffffff0L : word);
    }
    return bytes.array();
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.octet.differential.cases;

import static dev.octet.differential.cases.SingleOp.in;

import dev.octet.TensorType;
import dev.octet.tflite.Activation;
import dev.octet.tflite.BuiltinOperator;
import dev.octet.tflite.Table;
import dev.octet.tflite.WeightsFormat;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/** FULLY_CONNECTED with weights of every type. */
final class FullyConnectedCases implements OpCases {
  private static final BuiltinOperator OPERATOR = BuiltinOperator.FULLY_CONNECTED;

  @Override
  public List<OpGenerator> generators() {
    return List.of(
        generator("f32", FullyConnectedCases::floats),
        generator("f32 weights at run time", FullyConnectedCases::floatInputs),
        generator("f16w", FullyConnectedCases::halfWeights),
        generator("i8", m -> quantized(m, TensorType.INT8, TensorType.INT8, false)),
        generator("f32 sparse", FullyConnectedCases::sparseFloats),
        generator("i8 sparse", FullyConnectedCases::sparseInt8),
        generator("hybrid sparse", FullyConnectedCases::sparseHybrid),
        generator("u8 shuffled", FullyConnectedCases::shuffled),
        generator("i8 weights at run time", FullyConnectedCases::int8Inputs),
        generator("i8pc", m -> quantized(m, TensorType.INT8, TensorType.INT8, true)),
        generator("i4w", FullyConnectedCases::int4Weights),
        generator("u8", m -> quantized(m, TensorType.UINT8, TensorType.UINT8, false)),
        generator("u8 to i16", FullyConnectedCases::wideOutput),
        generator("i16x8", m -> words(m, TensorType.INT32)),
        generator("i16x8/i64", m -> words(m, TensorType.INT64)),
        generator("hybrid", FullyConnectedCases::hybrid),
        generator("hybrid i4 blocks", FullyConnectedCases::blocks),
        generator("hybrid i4", FullyConnectedCases::hybridInt4));
  }

  private static OpGenerator generator(
      String types, java.util.function.Consumer<SingleOp> builder) {
    return new OpGenerator(OPERATOR.name(), types, builder);
  }

  /** Sizes, the shape of x and the options of a case. */
  private static final class Case {
    final SingleOp m;
    final int n;
    final int k;
    final int[] x;
    final boolean keepDims;
    final Activation activation;
    final Table.Builder options = Table.builder("FullyConnectedOptions");

    Case(SingleOp m, int mostN, int mostK) {
      this(m, 1, mostN, 1, mostK, 1);
    }

    /** k is a multiple of {@code block}. */
    Case(SingleOp m, int leastN, int mostN, int leastK, int mostK, int block) {
      this.m = m;
      n = m.number(leastN, mostN);
      k = block * m.number((leastK + block - 1) / block, mostK / block);
      keepDims = m.chance(0.3);
      int rows = m.number(1, m.chance(0.2) ? 20 : 5);
      if (keepDims) {
        x = m.chance(0.5) ? new int[] {2, rows, k} : new int[] {rows, 1, 2, k};
      } else {
        // elements that are rows of the weights only when they are taken together
        x = m.chance(0.2) ? new int[] {rows * k, 1} : new int[] {rows, k};
      }
      activation = m.activation();
      options.set("keep_num_dims", keepDims).set("fused_activation_function", activation);
    }

    void emit(int version, int x, int w, int bias, int y) {
      m.operator(OPERATOR, version, options.build(), bias == NONE ? in(x, w) : in(x, w, bias), y);
    }
  }

  /** The number of a bias that is not there; at times it is said so, at times there is no third. */
  private static final int NONE = -2;

  private static int bias(Case c, TensorType type) {
    if (c.m.chance(0.2)) {
      return c.m.chance(0.5) ? NONE : -1;
    }
    if (type == TensorType.FLOAT32) {
      return c.m.constant(type, c.m.floats(c.n, -1, 1), c.n);
    }
    return c.m.constant(type, c.m.integers(type, c.n, -20000, 20000), c.n);
  }

  private static void floats(SingleOp m) {
    Case c = new Case(m, 80, 300);
    int x = m.input(TensorType.FLOAT32, c.x);
    int w = m.constant(TensorType.FLOAT32, m.floats(c.n * c.k, -0.3, 0.3), c.n, c.k);
    c.emit(6, x, w, bias(c, TensorType.FLOAT32), m.output(TensorType.FLOAT32));
  }

  private static void floatInputs(SingleOp m) {
    Case c = new Case(m, 80, 300);
    int x = m.input(TensorType.FLOAT32, c.x);
    int w = m.input(TensorType.FLOAT32, () -> m.floats(c.n * c.k, -0.3, 0.3), c.n, c.k);
    int b = m.chance(0.5) ? NONE : m.input(TensorType.FLOAT32, c.n);
    c.emit(6, x, w, b, m.output(TensorType.FLOAT32));
  }

  /** Of -1/16 to 1/16. */
  private static byte[] halves(SingleOp m, int count) {
    byte[] bytes = m.contents(TensorType.FLOAT16, count);
    for (int i = 1; i < bytes.length; i += 2) {
      bytes[i] = (byte) (bytes[i] & 0x80 | m.number(0x1c, 0x2b));
    }
    return bytes;
  }

  private static void halfWeights(SingleOp m) {
    Case c = new Case(m, 40, 100);
    int x = m.input(TensorType.FLOAT32, c.x);
    int half = m.constant(TensorType.FLOAT16, halves(m, c.n * c.k), c.n, c.k);
    int w = m.graph().tensor("w", TensorType.FLOAT32, c.n, c.k);
    m.operator(BuiltinOperator.DEQUANTIZE, 3, Table.of("DequantizeOptions"), in(half), w);
    c.emit(6, x, w, bias(c, TensorType.FLOAT32), m.output(TensorType.FLOAT32));
  }

  private static void sparseFloats(SingleOp m) {
    int block = m.any(1, 4);
    Case c = new Case(m, 1, 40, 1, 100, block);
    int x = m.input(TensorType.FLOAT32, c.x);
    int w =
        new SparseMatrix(TensorType.FLOAT32, c.n, c.k, block)
            .add(m, m.floats(c.n * c.k, -0.3, 0.3));
    c.emit(8, x, w, bias(c, TensorType.FLOAT32), m.output(TensorType.FLOAT32));
  }

  private static void sparseInt8(SingleOp m) {
    Case c = new Case(m, 1, 40, 1, 200, 16);
    float scale = m.scale(0.01, 0.1);
    int x = m.quantizedInput(TensorType.INT8, scale, c.x);
    int w =
        new SparseMatrix(TensorType.INT8, c.n, c.k, 16)
            .add(m, weights(m, TensorType.INT8, c.n * c.k));
    int b = bias(c, TensorType.INT32);
    quantize(c, w, b, scale, m.chance(0.5), 0);
    c.emit(8, x, w, b, m.quantizedOutput(TensorType.INT8, m.scale(0.05, 2)));
  }

  private static void sparseHybrid(SingleOp m) {
    Case c = new Case(m, 1, 40, 1, 200, 16);
    int x = m.input(TensorType.FLOAT32, c.keepDims ? c.x : new int[] {c.x[0], c.k});
    int w =
        new SparseMatrix(TensorType.INT8, c.n, c.k, 16)
            .add(m, weights(m, TensorType.INT8, c.n * c.k));
    hybrid(c, x, w, null, m.chance(0.5), true);
  }

  /**
   * Four rows by 16 columns at a time, row by row, less 128; one or four rows of x. The second
   * output is the kernel's own memory.
   */
  private static void shuffled(SingleOp m) {
    int n = 4 * m.number(1, 9);
    int k = 16 * m.number(1, 9);
    int rows = m.any(1, 4);
    float scale = m.scale(0.01, 0.1);
    int x = m.quantize(m.input(TensorType.UINT8, rows, k), TensorType.UINT8, scale, 128);
    int w = m.constant(TensorType.UINT8, m.contents(TensorType.UINT8, n * k), n, k);
    float wScale = m.scale(0.001, 0.1);
    m.graph().quantize(w, wScale, 128);
    int b = m.constant(TensorType.INT32, m.integers(TensorType.INT32, n, -20000, 20000), n);
    m.graph().quantize(b, scale * wScale, 0);
    int y = m.quantizedOutput(TensorType.INT16, m.scale(0.0005, 0.05));
    int workspace = m.graph().tensor("workspace", TensorType.UINT8, rows, k);
    m.operator(
        OPERATOR,
        2,
        Table.builder("FullyConnectedOptions")
            .set("weights_format", WeightsFormat.SHUFFLED4X16INT8)
            .build(),
        in(x, w, b),
        y,
        workspace);
  }

  private static byte[] weights(SingleOp m, TensorType type, int count) {
    return m.integers(
        type,
        count,
        type == TensorType.INT8 ? -127 : 0,
        255 + (type == TensorType.INT8 ? -128 : 0));
  }

  /** Gives w scales, one or one a row, and the bias their products with x's. */
  private static void quantize(Case c, int w, int bias, float xScale, boolean rows, int zero) {
    float[] scales = new float[rows ? c.n : 1];
    float[] products = new float[scales.length];
    for (int i = 0; i < scales.length; i++) {
      scales[i] = c.m.scale(0.001, 0.1);
      products[i] = xScale * scales[i];
    }
    long[] zeros = new long[scales.length];
    zeros[0] = rows ? 0 : zero;
    c.m.graph().quantize(w, scales, zeros, 0);
    if (bias >= 0) {
      c.m.graph().quantize(bias, products, new long[scales.length], 0);
    }
  }

  private static void quantized(SingleOp m, TensorType type, TensorType yType, boolean rows) {
    Case c = new Case(m, 40, 300);
    float scale = m.scale(0.01, 0.1);
    int x = m.quantizedInput(type, scale, c.x);
    int w = m.constant(type, weights(m, type, c.n * c.k), c.n, c.k);
    int b = bias(c, TensorType.INT32);
    int zero = type == TensorType.UINT8 ? m.number(1, 255) : m.chance(0.3) ? m.number(-9, 9) : 0;
    quantize(c, w, b, scale, rows, zero);
    c.emit(6, x, w, b, m.quantizedOutput(yType, m.scale(0.05, 2)));
  }

  private static void int8Inputs(SingleOp m) {
    Case c = new Case(m, 40, 300);
    float scale = m.scale(0.01, 0.1);
    int x = m.quantizedInput(TensorType.INT8, scale, c.x);
    int w = m.input(TensorType.INT8, c.n, c.k);
    quantize(c, w, NONE, scale, m.chance(0.5), m.number(-9, 9));
    c.emit(6, x, w, NONE, m.quantizedOutput(TensorType.INT8, m.scale(0.05, 2)));
  }

  private static int int4(Case c, int least) {
    byte[] bytes = new byte[(c.n * c.k + 1) / 2];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (c.m.number(least, 7) & 15 | c.m.number(least, 7) << 4);
    }
    return c.m.constant(TensorType.INT4, bytes, c.n, c.k);
  }

  private static void int4Weights(SingleOp m) {
    Case c = new Case(m, 40, 300);
    boolean words = m.chance(0.5);
    TensorType type = words ? TensorType.INT16 : TensorType.INT8;
    float scale = words ? m.scale(0.0001, 0.01) : m.scale(0.01, 0.1);
    int x = m.quantizedInput(type, scale, c.x);
    int w = int4(c, -8);
    int b = bias(c, TensorType.INT32);
    quantize(c, w, b, scale, m.chance(0.5), 0);
    c.emit(13, x, w, b, m.quantizedOutput(type, words ? m.scale(0.01, 0.1) : m.scale(0.05, 2)));
  }

  private static void wideOutput(SingleOp m) {
    Case c = new Case(m, 40, 300);
    float scale = m.scale(0.01, 0.1);
    int x = m.quantizedInput(TensorType.UINT8, scale, c.x);
    int w = m.constant(TensorType.UINT8, weights(m, TensorType.UINT8, c.n * c.k), c.n, c.k);
    int b = bias(c, TensorType.INT32);
    quantize(c, w, b, scale, false, m.number(1, 255));
    c.emit(6, x, w, b, m.quantizedOutput(TensorType.INT16, m.scale(0.0005, 0.05)));
  }

  private static void words(SingleOp m, TensorType biasType) {
    Case c = new Case(m, 40, 300);
    float scale = m.scale(0.0001, 0.01);
    int x = m.quantizedInput(TensorType.INT16, scale, c.x);
    int w = m.constant(TensorType.INT8, weights(m, TensorType.INT8, c.n * c.k), c.n, c.k);
    int b = bias(c, biasType);
    quantize(c, w, b, scale, m.chance(0.5), 0);
    if (b >= 0 && m.chance(0.5)) {
      c.options.set("quantized_bias_type", biasType);
    }
    c.emit(11, x, w, b, m.quantizedOutput(TensorType.INT16, m.scale(0.001, 0.1)));
  }

  private static void hybrid(SingleOp m) {
    Case c = new Case(m, 40, 300);
    TensorType type = m.chance(0.8) ? TensorType.INT8 : TensorType.UINT8;
    byte[] w = weights(m, TensorType.INT8, c.n * c.k);
    int x = m.input(TensorType.FLOAT32, c.x);
    hybrid(c, x, m.constant(type, w, c.n, c.k), w, type == TensorType.INT8 && m.chance(0.5), false);
  }

  private static void hybridInt4(SingleOp m) {
    Case c = new Case(m, 40, 300);
    byte[] w = new byte[c.n * c.k];
    byte[] packed = new byte[(w.length + 1) / 2];
    for (int i = 0; i < w.length; i++) {
      w[i] = (byte) m.number(-7, 7); // TensorFlow Lite's kernel packs -8 into its neighbour
      packed[i / 2] |= (byte) (i % 2 == 0 ? w[i] & 15 : w[i] << 4);
    }
    int x = m.input(TensorType.FLOAT32, c.x);
    boolean special = c.n >= 4 && c.k >= 32 && c.k % 2 == 0;
    hybrid(c, x, m.constant(TensorType.INT4, packed, c.n, c.k), w, m.chance(0.5), special);
  }

  /**
   * A scale for each block of a row. The peer looks at them with at least 4 rows and 32 columns,
   * and leaves out fused activations.
   */
  private static void blocks(SingleOp m) {
    int block = m.any(8, 16, 32, 64);
    Case c = new Case(m, 4, 40, 32, 256, block);
    byte[] packed = m.contents(TensorType.INT8, c.n * c.k / 2);
    int x = m.input(TensorType.FLOAT32, c.x);
    int w = m.constant(TensorType.INT4, packed, c.n, c.k);
    ByteBuffer scales = ByteBuffer.allocate(2 * c.n * c.k / block).order(ByteOrder.LITTLE_ENDIAN);
    while (scales.hasRemaining()) {
      scales.putShort((short) m.number(0x0400, 0x1400)); // 2^-14 to 2^-10
    }
    int s = m.constant(TensorType.FLOAT16, scales.array(), c.n, c.k / block);
    m.graph()
        .tensor(w)
        .set(
            "quantization",
            Table.builder("QuantizationParameters")
                .set(
                    "details",
                    Table.builder("BlockwiseQuantization")
                        .set("scales", s)
                        .set("zero_points", -1)
                        .set("block_size", block)
                        .build())
                .build());
    c.options.set("fused_activation_function", Activation.NONE);
    c.emit(12, x, w, bias(c, TensorType.FLOAT32), m.output(TensorType.FLOAT32));
  }

  /** Scales so small that a fused clamp does not hide how great the sums are. */
  private static void hybrid(
      Case c, int x, int w, byte[] contents, boolean rows, boolean specialKernel) {
    float[] scales = new float[rows ? c.n : 1];
    for (int i = 0; i < scales.length; i++) {
      scales[i] = c.m.scale(0.0001, 0.001);
    }
    c.m.graph().quantize(w, scales, new long[scales.length], 0);
    boolean asymmetric = c.m.chance(0.5);
    c.options.set("asymmetric_quantize_inputs", asymmetric);
    byte[] bias = c.m.chance(0.3) ? null : c.m.floats(c.n, -1, 1);
    int b = bias == null ? NONE : c.m.constant(TensorType.FLOAT32, bias, c.n);
    if (scales.length > 1 && !asymmetric && !specialKernel) {
      c.m.oracle(new HybridOracle(contents, scales, bias, c.activation));
    }
    c.emit(12, x, w, b, c.m.output(TensorType.FLOAT32));
  }
}

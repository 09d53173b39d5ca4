// SPDX-License-Identifier: Apache-2.0
package dev.octet.differential.cases;

import static dev.octet.differential.cases.SingleOp.in;
import static dev.octet.differential.cases.SingleOp.product;

import dev.octet.TensorType;
import dev.octet.tflite.BuiltinOperator;
import dev.octet.tflite.Table;
import java.util.Arrays;
import java.util.List;

/** BATCH_MATMUL. */
final class BatchMatmulCases implements OpCases {
  @Override
  public List<OpGenerator> generators() {
    return List.of(
        new OpGenerator("BATCH_MATMUL", "f32", BatchMatmulCases::floats),
        new OpGenerator("BATCH_MATMUL", "i8", BatchMatmulCases::bytes),
        new OpGenerator("BATCH_MATMUL", "i8 to i32", BatchMatmulCases::sums),
        new OpGenerator("BATCH_MATMUL", "i16", BatchMatmulCases::words),
        new OpGenerator("BATCH_MATMUL", "i16x8", BatchMatmulCases::wordsByBytes),
        new OpGenerator("BATCH_MATMUL", "hybrid", BatchMatmulCases::hybrid));
  }

  /** Shapes and options of a case. */
  private static final class Case {
    final SingleOp m;
    final int columns;
    final boolean adjX;
    final boolean adjY;
    final int[] x;
    final int[] w;

    Case(SingleOp m, int batches) {
      this.m = m;
      int rows = m.number(1, 20);
      int k = m.number(1, m.chance(0.3) ? 200 : 40);
      columns = m.number(1, m.chance(0.3) ? 100 : 30);
      adjX = m.chance(0.4);
      adjY = m.chance(0.5);
      int rank = 2 + batches;
      int[] own = new int[rank];
      int[] other = new int[rank];
      for (int i = 0; i < batches; i++) {
        int dim = m.number(1, 4);
        own[i] = m.chance(0.2) ? 1 : dim;
        other[i] = m.chance(0.2) ? 1 : dim;
      }
      own[rank - 2] = adjX ? k : rows;
      own[rank - 1] = adjX ? rows : k;
      other[rank - 2] = adjY ? columns : k;
      other[rank - 1] = adjY ? k : columns;
      // leading dimensions may be left out
      x = batches > 0 && m.chance(0.2) ? tail(own, m.number(0, batches)) : own;
      w = batches > 0 && m.chance(0.3) ? tail(other, m.number(0, batches)) : other;
    }

    private static int[] tail(int[] shape, int from) {
      return Arrays.copyOfRange(shape, from, shape.length);
    }

    /** The peer takes the last two batch dimensions of a transposed x for one. */
    boolean merged() {
      return adjX && x.length > 2 && w.length > 2 && w[w.length - 3] == 1 && x[x.length - 3] > 1;
    }

    /** Makes w one that the peer multiplies by a transposed x. */
    Case apart() {
      if (merged()) {
        w[w.length - 3] = x[x.length - 3];
      }
      return this;
    }

    int weights(TensorType type, byte[] contents) {
      return m.chance(0.5) ? m.constant(type, contents, w) : m.input(type, w);
    }

    /** Gives w a scale, or one for each column; they are given back for each column. */
    double[] quantizeColumns(int tensor) {
      boolean each = m.chance(0.5);
      float[] scales = new float[each ? columns : 1];
      for (int i = 0; i < scales.length; i++) {
        scales[i] = m.scale(0.001, 0.1);
      }
      int axis = each ? w.length - (adjY ? 2 : 1) : 0;
      m.graph().quantize(tensor, scales, new long[scales.length], axis);
      double[] all = new double[columns];
      for (int i = 0; i < columns; i++) {
        all[i] = scales[each ? i : 0];
      }
      return all;
    }

    double[] quantizedRows(byte[] floats, boolean asymmetric) {
      double[] numbers = MatrixOracle.floats(floats);
      int m = x[x.length - (adjX ? 1 : 2)];
      int k = x[x.length - (adjX ? 2 : 1)];
      for (int row = 0; row < numbers.length / k; row++) {
        int first = row / m * m * k + row % m * (adjX ? 1 : k);
        RowQuantization.quantize(numbers, first, adjX ? m : 1, k, asymmetric);
      }
      return numbers;
    }

    void emit(int x, int w, int y, boolean asymmetric) {
      m.operator(
          BuiltinOperator.BATCH_MATMUL,
          4,
          Table.builder("BatchMatMulOptions")
              .set("adj_x", adjX)
              .set("adj_y", adjY)
              .set("asymmetric_quantize_inputs", asymmetric)
              .build(),
          in(x, w),
          y);
    }

    MatrixOracle oracle(
        String why,
        MatrixOracle.Numbers left,
        MatrixOracle.Numbers right,
        MatrixOracle.Store store) {
      return new MatrixOracle(why, adjX, adjY, x, w, left, right, store);
    }
  }

  private static void floats(SingleOp m) {
    Case c = new Case(m, m.number(0, 3));
    int x = m.input(TensorType.FLOAT32, c.x);
    boolean constant = m.chance(0.5);
    byte[] contents = m.contents(TensorType.FLOAT32, product(c.w));
    int w =
        constant ? m.constant(TensorType.FLOAT32, contents, c.w) : m.input(TensorType.FLOAT32, c.w);
    c.emit(x, w, m.output(TensorType.FLOAT32), false);
    if (c.merged()) {
      m.oracle(
          c.oracle(
              "the peer reads a transposed x wrongly where w repeats along its last batch"
                  + " dimension",
              inputs -> MatrixOracle.floats(inputs.get(0)),
              inputs -> MatrixOracle.floats(constant ? contents : inputs.get(1)),
              (y, column, sum) -> y.putFloat((float) sum)));
    }
  }

  private static void bytes(SingleOp m) {
    Case c = new Case(m, m.number(0, 3)).apart();
    int x = m.quantizedInput(TensorType.INT8, m.scale(0.01, 0.1), c.x);
    int w = c.weights(TensorType.INT8, m.contents(TensorType.INT8, product(c.w)));
    m.quantize(w, TensorType.INT8, m.scale(0.01, 0.1), m.chance(0.5) ? 0 : m.number(-128, 127));
    c.emit(x, w, m.quantizedOutput(TensorType.INT8, m.scale(0.05, 2)), false);
  }

  private static void sums(SingleOp m) {
    Case c = new Case(m, m.number(0, 3)).apart();
    int x = m.quantizedInput(TensorType.INT8, m.scale(0.01, 0.1), c.x);
    int w = c.weights(TensorType.INT8, m.contents(TensorType.INT8, product(c.w)));
    m.quantize(w, TensorType.INT8, m.scale(0.01, 0.1), m.number(-128, 127));
    c.emit(x, w, m.output(TensorType.INT32), false);
  }

  private static void words(SingleOp m) {
    Case c = new Case(m, m.number(0, 3)).apart();
    int x = m.quantizedInput(TensorType.INT16, m.scale(0.0001, 0.001), c.x);
    int w = c.weights(TensorType.INT16, m.contents(TensorType.INT16, product(c.w)));
    m.quantize(w, TensorType.INT16, m.scale(0.0001, 0.001), 0);
    c.emit(x, w, m.quantizedOutput(TensorType.INT16, m.scale(0.0001, 0.01)), false);
  }

  private static void wordsByBytes(SingleOp m) {
    Case c = new Case(m, m.number(0, 2));
    float xScale = m.scale(0.0001, 0.001);
    float yScale = m.scale(0.0001, 0.01);
    int x = m.quantizedInput(TensorType.INT16, xScale, c.x);
    byte[] contents = m.integers(TensorType.INT8, product(c.w), -127, 127);
    int w = m.constant(TensorType.INT8, contents, c.w);
    double[] scales = c.quantizeColumns(w);
    c.emit(x, w, m.quantizedOutput(TensorType.INT16, yScale), false);
    m.exactSteps(1); // the oracle has no fixed-point factors
    m.oracle(
        c.oracle(
            "the peer refuses int16 by int8",
            inputs -> MatrixOracle.words(inputs.get(0)),
            inputs -> MatrixOracle.octets(contents),
            (y, column, sum) -> {
              long q = Math.round(sum * xScale * scales[column] / yScale);
              y.putShort((short) Math.max(Short.MIN_VALUE, Math.min(Short.MAX_VALUE, q)));
            }));
  }

  /** Of more than one batch dimension the peer takes the scales of other rows. */
  private static void hybrid(SingleOp m) {
    Case c = new Case(m, m.number(0, 3)).apart();
    int x = m.input(TensorType.FLOAT32, c.x);
    byte[] contents = m.integers(TensorType.INT8, product(c.w), -127, 127);
    int w = m.constant(TensorType.INT8, contents, c.w);
    double[] scales = c.quantizeColumns(w);
    boolean asymmetric = m.chance(0.5);
    c.emit(x, w, m.output(TensorType.FLOAT32), asymmetric);
    if (Math.max(c.x.length, c.w.length) > 3) {
      m.oracle(
          c.oracle(
              "the peer takes the scales of other rows with two batch dimensions",
              inputs -> c.quantizedRows(inputs.get(0), asymmetric),
              inputs -> MatrixOracle.octets(contents),
              (y, column, sum) -> y.putFloat((float) (sum * scales[column]))));
    }
  }
}

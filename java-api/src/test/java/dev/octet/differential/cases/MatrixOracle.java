// SPDX-License-Identifier: Apache-2.0
package dev.octet.differential.cases;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * BATCH_MATMUL in float64: {@code y[...,i,j] = sum over k of x[...,i,k] * w[...,k,j]}, leading
 * dimensions broadcast.
 *
 * @param why see {@link #reason}
 * @param x shape, and w
 * @param left the numbers of x
 * @param right the numbers of w
 * @param store appends an element of y: its column and the sum
 */
record MatrixOracle(
    String why,
    boolean adjX,
    boolean adjY,
    int[] x,
    int[] w,
    Numbers left,
    Numbers right,
    Store store)
    implements OpCase.Oracle {
  /** Reads an operand. */
  interface Numbers {
    double[] of(List<byte[]> inputs);
  }

  /** Appends an element. */
  interface Store {
    void put(ByteBuffer y, int column, double sum);
  }

  /** float32. */
  static double[] floats(byte[] bytes) {
    ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    double[] numbers = new double[bytes.length / 4];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = in.getFloat();
    }
    return numbers;
  }

  /** int16. */
  static double[] words(byte[] bytes) {
    ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    double[] numbers = new double[bytes.length / 2];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = in.getShort();
    }
    return numbers;
  }

  /** int8. */
  static double[] octets(byte[] bytes) {
    double[] numbers = new double[bytes.length];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = bytes[i];
    }
    return numbers;
  }

  @Override
  public String reason() {
    return why;
  }

  @Override
  public List<byte[]> outputs(List<byte[]> inputs) {
    double[] a = left.of(inputs);
    double[] b = right.of(inputs);
    int m = x[x.length - (adjX ? 1 : 2)];
    int k = x[x.length - (adjX ? 2 : 1)];
    int n = w[w.length - (adjY ? 2 : 1)];
    int rank = Math.max(x.length, w.length) - 2;
    int batches = 1;
    for (int i = 0; i < rank; i++) {
      batches *= dim(i, rank);
    }
    ByteBuffer y = ByteBuffer.allocate(4 * batches * m * n).order(ByteOrder.LITTLE_ENDIAN);
    for (int batch = 0; batch < batches; batch++) {
      int atX = m * k * place(batch, x, rank);
      int atW = k * n * place(batch, w, rank);
      for (int i = 0; i < m; i++) {
        for (int j = 0; j < n; j++) {
          double sum = 0;
          for (int c = 0; c < k; c++) {
            sum +=
                a[atX + (adjX ? c * m + i : i * k + c)] * b[atW + (adjY ? j * k + c : c * n + j)];
          }
          store.put(y, j, sum);
        }
      }
    }
    byte[] bytes = new byte[y.position()];
    y.flip().get(bytes);
    return List.of(bytes);
  }

  private static int own(int[] shape, int axis, int rank) {
    int at = axis - rank + shape.length - 2;
    return at < 0 ? 1 : shape[at];
  }

  private int dim(int axis, int rank) {
    return Math.max(own(x, axis, rank), own(w, axis, rank));
  }

  /** The number of an operand's matrix in a batch. */
  private int place(int batch, int[] shape, int rank) {
    int place = 0;
    int step = 1;
    int left = batch;
    for (int axis = rank - 1; axis >= 0; axis--) {
      int at = left % dim(axis, rank);
      left /= dim(axis, rank);
      int own = own(shape, axis, rank);
      place += own == 1 ? 0 : at * step;
      step *= own;
    }
    return place;
  }
}

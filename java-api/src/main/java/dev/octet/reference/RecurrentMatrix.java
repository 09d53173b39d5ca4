// SPDX-License-Identifier: Apache-2.0
package dev.octet.reference;

/**
 * A matrix [n][k] that rows of floats are multiplied by: floats, or int8 with a scale for every row
 * of it, where the other rows are quantized at run time.
 */
final class RecurrentMatrix {
  private final int n;
  private final int k;
  private final float[] reals;
  private final int[] numbers;
  private final float[] scales;
  private final boolean symmetric;

  private RecurrentMatrix(
      int n, int k, float[] reals, int[] numbers, float[] scales, boolean symmetric) {
    this.n = n;
    this.k = k;
    this.reals = reals;
    this.numbers = numbers;
    this.scales = scales;
    this.symmetric = symmetric;
  }

  /** A matrix of floats. */
  static RecurrentMatrix of(Weights weights, int part, int n, int k) {
    return new RecurrentMatrix(n, k, weights.floats(part), null, null, true);
  }

  /**
   * A matrix of int8.
   *
   * @param scales n of them from {@code first} on, or, where {@code step} is 0, one
   */
  static RecurrentMatrix of(
      Weights weights,
      int part,
      int n,
      int k,
      float[] scales,
      int first,
      int step,
      boolean asymmetric) {
    float[] own = new float[n];
    for (int j = 0; j < n; j++) {
      own[j] = scales[first + j * step];
    }
    int[] numbers = Products.signed(weights.bytes(part), 0);
    return new RecurrentMatrix(n, k, null, numbers, own, !asymmetric);
  }

  /** True when it has no elements, as an absent one. */
  boolean empty() {
    return reals != null ? reals.length == 0 : numbers.length == 0;
  }

  /** z[zAt + j] += sum over l of x[xAt + l] * w[j][l]. */
  void accumulate(float[] x, int xAt, double[] z, int zAt) {
    if (reals != null) {
      for (int j = 0; j < n; j++) {
        z[zAt + j] += Products.dot(x, xAt, reals, j * k, k);
      }
      return;
    }
    QuantizeRows.Row row = QuantizeRows.Row.of(symmetric, x, xAt, xAt + k);
    int[] quantized = new int[k];
    for (int l = 0; l < k; l++) {
      quantized[l] = row.of(x[xAt + l]) - row.zero();
    }
    for (int j = 0; j < n; j++) {
      int sum = Products.dot(quantized, 0, numbers, j * k, k);
      float product = (float) sum * (row.scale() * scales[j]);
      z[zAt + j] = (float) z[zAt + j] + product;
    }
  }
}

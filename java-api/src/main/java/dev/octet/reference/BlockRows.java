// SPDX-License-Identifier: Apache-2.0
package dev.octet.reference;

/**
 * {@code gemm_i4}: y[i,j] = clamp(bias[j] + x_scale[i] * sum over blocks b of scale[j,b] * dot,
 * act_min, act_max), where dot sums (x[i,k] - x_zeros[i]) * w[j,k] over the block.
 */
final class BlockRows implements ReferenceKernel {
  @Override
  public void run(Call call) {
    Weights weights = call.weights("weights");
    int n = weights.i32("n");
    int k = weights.i32("k");
    int size = weights.i32("size");
    int blocks = k / size;
    int[] x = call.value("x").ints();
    int[] w = Products.signed(weights.bytes(0), 0);
    float[] scales = weights.floats(1);
    float[] bias = weights.empty(2) ? new float[n] : weights.floats(2);
    float[] xScale = call.value("x_scale").floats();
    int[] zeros = call.value("x_zeros").ints();
    float low = call.f32("act_min");
    float high = call.f32("act_max");
    Operand y = call.value("y");
    for (int i = 0; i < y.elements() / n; i++) {
      call.checkStopped();
      for (int c = 0; c < k; c++) {
        x[i * k + c] -= zeros[i];
      }
      for (int j = 0; j < n; j++) {
        double sum = 0;
        for (int b = 0; b < blocks; b++) {
          int dot = Products.dot(x, i * k + b * size, w, j * k + b * size, size);
          sum += (double) scales[j * blocks + b] * dot;
        }
        y.set(i * n + j, Products.clamp(bias[j] + xScale[i] * sum, low, high));
      }
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.octet.reference;

/** {@code gemm_f32}: y[i,j] = clamp(bias[j] + sum over c of x[i,c] * w[j,c], act_min, act_max). */
final class PackedRows implements ReferenceKernel {
  @Override
  public void run(Call call) {
    Weights weights = call.weights("weights");
    int n = weights.i32("n");
    Operand y = call.value("y");
    if (y.elements() > 0) {
      Filter filter = Filter.dense(n, weights.i32("k"), 1, 1);
      PackedConvolution.real(call, weights, Window.rows(y.elements() / n), filter);
    }
  }
}

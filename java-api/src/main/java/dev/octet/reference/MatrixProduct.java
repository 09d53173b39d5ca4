// SPDX-License-Identifier: Apache-2.0
package dev.octet.reference;

import java.util.Arrays;

/**
 * {@code batch_matmul} and {@code matmul_i8}: y[b,i,j] = f(bias[j] + sum over k of (x[b,i,k] -
 * x_zero) * (w[b,k,j] - w_zero)), f by the form; {@code matmul_f32} is the form of floats.
 */
final class MatrixProduct implements ReferenceKernel {
  private static final int RAW = 4;
  private static final int REAL = 5;
  private static final int F32 = 6;

  private final boolean real;

  /**
   * @param real true for the kernel that has no form
   */
  MatrixProduct(boolean real) {
    this.real = real;
  }

  @Override
  public void run(Call call) {
    Matrices all = Matrices.of(call);
    if (call.value("y").elements() == 0) {
      return;
    }
    int form = real ? F32 : call.i32("form");
    if (form == F32) {
      floats(call, all);
    } else if (form == REAL) {
      hybrid(call, all);
    } else {
      integers(call, all, form);
    }
  }

  private static void floats(Call call, Matrices all) {
    float[] x = call.value("x").floats();
    float[] w = call.value("w").floats();
    float[] bias = call.has("bias") ? call.value("bias").floats() : new float[all.n()];
    float low = call.f32("act_min");
    float high = call.f32("act_max");
    Operand y = call.value("y");
    all.run(
        call,
        (at, i, j, xAt, wAt) -> {
          double sum = 0;
          for (int k = 0; k < all.k(); k++) {
            sum += (double) x[xAt + k * all.xk()] * w[wAt + k * all.wk()];
          }
          y.set(at, Products.clamp(sum + bias[j], low, high));
        });
  }

  private static long dot(Matrices all, int[] x, int xAt, int[] w, int wAt) {
    long sum = 0;
    for (int k = 0; k < all.k(); k++) {
      sum += (long) x[xAt + k * all.xk()] * w[wAt + k * all.wk()];
    }
    return sum;
  }

  private static void integers(Call call, Matrices all, int form) {
    int[] x = Products.less(call.value("x").ints(), form == RAW ? 0 : call.i32("x_zero"));
    int[] w = Products.less(call.value("w").ints(), form == RAW ? 0 : call.i32("w_zero"));
    long[] bias = call.has("bias") ? call.value("bias").longs() : new long[all.n()];
    Requantizer end = form == RAW ? null : Requantizer.of(call, form);
    Operand y = call.value("y");
    all.run(
        call,
        (at, i, j, xAt, wAt) -> {
          long sum = dot(all, x, xAt, w, wAt) + bias[j];
          y.set(at, end == null ? sum : end.of(sum, j));
        });
  }

  /** Rows of x have a scale and a zero point each; float32 steps as they are stated. */
  private static void hybrid(Call call, Matrices all) {
    Operand input = call.value("x");
    int[] x = input.ints();
    int[] w = Products.less(call.value("w").ints(), call.i32("w_zero"));
    float[] xScale = call.value("x_scale").floats();
    float[] scale = call.value("scale").floats();
    float[] bias = call.has("bias") ? call.value("bias").floats() : new float[all.n()];
    if (call.has("x_zeros")) {
      int[] zeros = call.value("x_zeros").ints();
      for (int i = 0; i < x.length; i++) {
        x[i] -= zeros[i / all.k()];
      }
    }
    float low = call.f32("act_min");
    float high = call.f32("act_max");
    Operand y = call.value("y");
    all.run(
        call,
        (at, i, j, xAt, wAt) -> {
          int row = all.k() == 0 ? 0 : xAt / all.k();
          float factor = xScale[row] * scale[scale.length == 1 ? 0 : j];
          float product = (float) (int) dot(all, x, xAt, w, wAt) * factor;
          y.set(at, Products.clamp(bias[j] + product, low, high));
        });
  }

  /** The shapes of a product: sizes, and steps along m, k and n in x and w. */
  private record Matrices(
      int m, int n, int k, int xm, int xk, int wk, int wn, int[] batches, int[] xs, int[] ws) {
    /** Sees one element of y with the start of its row of x and its column of w. */
    @FunctionalInterface
    interface Element {
      void visit(int at, int i, int j, int xAt, int wAt);
    }

    static Matrices of(Call call) {
      Operand x = call.value("x");
      Operand w = call.value("w");
      Operand y = call.value("y");
      boolean adjX = call.i32("adj_x") != 0;
      boolean adjY = call.i32("adj_y") != 0;
      int n = w.dim(adjY ? -2 : -1);
      int k = w.dim(adjY ? -1 : -2);
      int wk = adjY ? 1 : n;
      int wn = adjY ? k : 1;
      if (w.rank() == 2 && !adjX) {
        int m = n == 0 ? 0 : y.elements() / n;
        return new Matrices(m, n, k, k, 1, wk, wn, new int[0], new int[0], new int[0]);
      }
      int m = x.dim(adjX ? -1 : -2);
      int rank = y.rank() - 2;
      int[] xs = strides(x, y, m * k);
      int[] ws = strides(w, y, k * n);
      int[] batches = Arrays.copyOf(y.dims(), rank);
      return new Matrices(m, n, k, adjX ? 1 : k, adjX ? m : 1, wk, wn, batches, xs, ws);
    }

    /** Steps along y's batches; 0 where there is one matrix only. */
    private static int[] strides(Operand value, Operand y, int matrix) {
      int[] strides = new int[y.rank() - 2];
      int step = matrix;
      for (int axis = strides.length - 1; axis >= 0; axis--) {
        int own = axis - (y.rank() - value.rank());
        int dim = own < 0 ? 1 : value.dim(own);
        strides[axis] = dim == 1 ? 0 : step;
        step *= dim;
      }
      return strides;
    }

    void run(Call call, Element element) {
      int count = 1;
      for (int dim : batches) {
        count *= dim;
      }
      for (int batch = 0; batch < count; batch++) {
        int x = 0;
        int w = 0;
        for (int axis = batches.length - 1, rest = batch; axis >= 0; axis--) {
          x += rest % batches[axis] * xs[axis];
          w += rest % batches[axis] * ws[axis];
          rest /= batches[axis];
        }
        for (int i = 0; i < m; i++) {
          call.checkStopped();
          for (int j = 0; j < n; j++) {
            element.visit((batch * m + i) * n + j, i, j, x + i * xm, w + j * wn);
          }
        }
      }
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.octet.reference;

import dev.octet.TensorType;

/**
 * {@code conv_2d} and {@code depthwise_conv_2d}: y = f(bias + sum of (x - x_zero) * (w - w_zero)),
 * for the kinds of elements that there are. Weights are [co,kh,kw,ci], or of rank 2 [co,k] for the
 * rows of a matrix; depthwise [1,kh,kw,co].
 */
final class PlainConvolution implements ReferenceKernel {
  private final boolean depthwise;

  PlainConvolution(boolean depthwise) {
    this.depthwise = depthwise;
  }

  @Override
  public void run(Call call) {
    Operand x = call.value("x");
    Operand w = call.value("w");
    Operand y = call.value("y");
    if (y.elements() == 0) {
      return;
    }
    Filter filter;
    Window window;
    if (w.rank() == 2) {
      filter = Filter.dense(w.dim(0), w.dim(1), 1, 1);
      window = Window.rows(y.elements() / w.dim(0));
    } else {
      int taps = w.dim(1) * w.dim(2);
      filter =
          depthwise
              ? Filter.depthwise(w.dim(3), x.dim(3), taps)
              : Filter.dense(w.dim(0), w.dim(3), w.dim(3) == 0 ? 1 : x.dim(3) / w.dim(3), taps);
      boolean transposed = !depthwise && call.i32("transposed") != 0;
      int dilationH = call.i32("dilation_h");
      int dilationW = call.i32("dilation_w");
      Window all = Window.of(call, x, y, w.dim(1), w.dim(2), dilationH, dilationW);
      window =
          Window.of(all.images(), all.h().transposed(transposed), all.w().transposed(transposed));
    }
    if (x.type() == TensorType.FLOAT32) {
      float[] bias = call.has("bias") ? call.value("bias").floats() : null;
      Convolutions.real(call, window, filter, x.floats(), w.floats(), bias, y);
    } else if (y.type() == TensorType.FLOAT32) {
      float[] bias = call.has("bias") ? call.value("bias").floats() : null;
      Convolutions.hybrid(call, window, filter, w.ints(), call.value("scale").floats(), bias);
    } else {
      boolean words = x.type() == TensorType.INT16;
      int[] from = Products.less(x.ints(), call.i32("x_zero"));
      int[] weights = Products.less(w.ints(), call.i32("w_zero"));
      long[] bias = call.has("bias") ? call.value("bias").longs() : null;
      Requantizer end = Requantizer.of(call, call.i32("form"));
      Convolutions.integer(call, window, filter, from, weights, !words, bias, end, 0, y);
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.octet.reference;

import dev.octet.TensorType;

/**
 * {@code dwconv_i8}, {@code dwconv_i16} and {@code dwconv_f32}: weights [kh,kw,co] are an entry.
 */
final class PackedDepthwise implements ReferenceKernel {
  @Override
  public void run(Call call) {
    Operand x = call.value("x");
    Operand y = call.value("y");
    Weights weights = call.weights("weights");
    int kh = weights.i32("kh");
    int kw = weights.i32("kw");
    if (y.elements() == 0) {
      return;
    }
    Window window = Window.of(call, x, y, kh, kw, call.i32("dilation_h"), call.i32("dilation_w"));
    Filter filter = Filter.depthwise(weights.i32("co"), x.dim(3), kh * kw);
    if (x.type() == TensorType.FLOAT32) {
      PackedConvolution.real(call, weights, window, filter);
    } else if (x.type() == TensorType.INT16) {
      PackedConvolution.words(call, weights, window, filter, Rounding.WIDE);
    } else {
      PackedConvolution.bytes(call, weights, window, filter);
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.octet.reference;

import dev.octet.TensorType;

/**
 * {@code gemm_i8}, {@code conv_i16}, {@code conv_f32} and {@code conv_3d_f32}: convolutions whose
 * weights [co,kh,kw,ci] are an entry. With a window of one tap that steps by one, x and y are the
 * rows of matrices, whatever their shapes.
 */
final class PackedConvolution implements ReferenceKernel {
  /** conv_i16's number of the form that multiplies by float64. */
  private static final int WORDS_DOUBLE = 4;

  /** gemm_i8's number for sums that become float32. */
  private static final int REAL = 3;

  /** What 8-bit fields are raised by where the elements are int8. */
  static final int RAISE = 128;

  /** How a kernel's elements are computed. */
  @FunctionalInterface
  private interface Arithmetic {
    void run(Call call, Weights weights, Window window, Filter filter);
  }

  private final Arithmetic arithmetic;

  private PackedConvolution(Arithmetic arithmetic) {
    this.arithmetic = arithmetic;
  }

  /** {@code gemm_i8}. */
  static PackedConvolution bytes() {
    return new PackedConvolution(
        (call, weights, window, filter) -> bytes(call, weights, window.phases(call), filter));
  }

  /** {@code conv_i16}. */
  static PackedConvolution words() {
    return new PackedConvolution(
        (call, weights, window, filter) ->
            words(call, weights, window.phases(call), filter, weights.i32("form")));
  }

  /** {@code conv_f32}. */
  static PackedConvolution real() {
    return new PackedConvolution(
        (call, weights, window, filter) -> real(call, weights, window.phases(call), filter));
  }

  @Override
  public void run(Call call) {
    Operand x = call.value("x");
    Operand y = call.value("y");
    Weights weights = call.weights("weights");
    int kh = weights.i32("kh");
    int kw = weights.i32("kw");
    int co = weights.i32("co");
    int ci = weights.i32("ci");
    if (y.elements() == 0) {
      return;
    }
    boolean plain =
        kh * kw == 1
            && call.i32("stride_h") * call.i32("stride_w") == 1
            && call.i32("pad_top") + call.i32("pad_left") == 0
            && call.i32("y_step_h") * call.i32("y_step_w") == 1;
    Filter filter = Filter.dense(co, ci, 1, kh * kw);
    Window window =
        plain
            ? Window.rows(y.elements() / co)
            : Window.of(call, x, y, kh, kw, call.i32("dilation_h"), dilationW(call, weights));
    arithmetic.run(call, weights, window, filter);
  }

  /** It belongs to the weights where they are packed by it. */
  private static int dilationW(Call call, Weights weights) {
    return call.value("x").type() == TensorType.FLOAT32
        ? call.i32("dilation_w")
        : weights.i32("dilation_w");
  }

  /** Fields count in uint8; w is int8 (of uint8 xor 0x80, its zero point less 128). */
  static void bytes(Call call, Weights weights, Window window, Filter filter) {
    Operand x = call.value("x");
    Operand y = call.value("y");
    int[] w = Products.signed(weights.bytes(0), weights.i32("w_zero"));
    int form = weights.i32("rounding");
    if (form == REAL) {
      float[] bias = weights.empty(1) ? null : weights.floats(1);
      Convolutions.hybrid(call, window, filter, w, weights.floats(2), bias);
      return;
    }
    int lower = x.type() == TensorType.INT8 ? RAISE : 0;
    int[] numbers = Products.less(x.ints(), weights.i32("x_zero") - lower);
    int zero = call.i32("y_zero");
    Requantizer end =
        Requantizer.bytes(weights, 2, form, zero, call.i32("y_min"), call.i32("y_max"));
    int yLower = y.type() == TensorType.INT8 ? RAISE : 0;
    Convolutions.integer(
        call, window, filter, numbers, w, true, longs(weights, 1, filter.co()), end, yLower, y);
  }

  /** int16 without zero points. */
  static void words(Call call, Weights weights, Window window, Filter filter, int form) {
    Operand y = call.value("y");
    Requantizer end =
        Requantizer.words(
            weights,
            2,
            form == WORDS_DOUBLE ? Requantizer.DOUBLE : form,
            call.i32("y_min"),
            call.i32("y_max"));
    int[] x = call.value("x").ints();
    int[] w = Products.signed(weights.bytes(0), 0);
    long[] bias = longs(weights, 1, filter.co());
    Convolutions.integer(call, window, filter, x, w, false, bias, end, 0, y);
  }

  static void real(Call call, Weights weights, Window window, Filter filter) {
    float[] bias = weights.empty(1) ? null : weights.floats(1);
    float[] x = call.value("x").floats();
    Convolutions.real(call, window, filter, x, weights.floats(0), bias, call.value("y"));
  }

  /** A bias of int32 or int64, or null. */
  private static long[] longs(Weights weights, int part, int count) {
    if (weights.empty(part)) {
      return null;
    }
    long[] numbers = new long[count];
    boolean wide = weights.bytes(part).length == 8 * count;
    for (int i = 0; i < count; i++) {
      numbers[i] = wide ? weights.buffer(part).getLong(8 * i) : weights.ints(part)[i];
    }
    return numbers;
  }
}

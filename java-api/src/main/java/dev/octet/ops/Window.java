// SPDX-License-Identifier: Apache-2.0
package dev.octet.ops;

import dev.octet.graph.NodeContext;
import dev.octet.program.InstructionBuilder;
import dev.octet.tflite.Padding;
import dev.octet.tflite.Table;

/**
 * A sliding window over h and w. For one axis, with {@code span = (k - 1) * dilation + 1}:
 *
 * <ul>
 *   <li>SAME: {@code out = ceil(in / stride)}; the padding needed, {@code max(0, (out - 1) * stride
 *       + span - in)}, goes half (rounded down) before and the rest behind;
 *   <li>VALID: {@code out = ceil((in - span + 1) / stride)}, no padding.
 * </ul>
 *
 * where {@code in} counts the margins, which are zeros around the input.
 */
record Window(
    Padding padding, int strideH, int strideW, int dilationH, int dilationW, Margins margins) {
  private static final int MOST_OUTSIDE = 64;

  /** Positions outside of the input that count as its own, with zeros in them. */
  record Margins(int top, int bottom, int left, int right) {
    static final Margins NONE = new Margins(0, 0, 0, 0);
  }

  /** The fields {@code padding}, {@code stride_h}, {@code stride_w} of an options table. */
  static Window read(Table options) {
    return read(options, 1, 1);
  }

  /** As {@link #read(Table)}, with {@code dilation_h_factor} and {@code dilation_w_factor}. */
  static Window readDilated(Table options) {
    return read(
        options, options.integer("dilation_h_factor"), options.integer("dilation_w_factor"));
  }

  private static Window read(Table options, int dilationH, int dilationW) {
    return new Window(
        options.enumeration("padding", Padding.class),
        options.integer("stride_h"),
        options.integer("stride_w"),
        dilationH,
        dilationW,
        Margins.NONE);
  }

  /**
   * The window over an input of which zeros {top, bottom, left, right} were cut off, or null where
   * they are wider than its reach: then most of what it reads is outside.
   */
  Window within(int[] zeros, int kh, int kw) {
    long h = (kh - 1L) * dilationH;
    long w = (kw - 1L) * dilationW;
    if (Math.max(zeros[0], zeros[1]) > h || Math.max(zeros[2], zeros[3]) > w) {
      return null;
    }
    Margins sum =
        new Margins(
            margins.top() + zeros[0],
            margins.bottom() + zeros[1],
            margins.left() + zeros[2],
            margins.right() + zeros[3]);
    return new Window(padding, strideH, strideW, dilationH, dilationW, sum);
  }

  /** Requires strides and dilations of at least 1. */
  void check(NodeContext node) {
    node.require(
        strideH >= 1 && strideW >= 1,
        null,
        "stride " + strideH + "x" + strideW + " is not positive");
    node.require(
        dilationH >= 1 && dilationW >= 1,
        null,
        "dilation " + dilationH + "x" + dilationW + " is not positive");
  }

  /** The window of a matrix product: every position by itself. */
  static final Window POINT = new Window(Padding.VALID, 1, 1, 1, 1, Margins.NONE);

  /** Sets strides, dilation of h and padding for an input and filter of these sizes. */
  InstructionBuilder emit(InstructionBuilder instruction, int h, int w, int kh, int kw) {
    return instruction
        .i32("stride_h", strideH)
        .i32("stride_w", strideW)
        .i32("dilation_h", dilationH)
        .i32("pad_top", padTop(h, kh))
        .i32("pad_left", padLeft(w, kw));
  }

  /**
   * Requires that positions of the windows fit the kernels' int32.
   *
   * @param pad before the first input
   */
  static void requireReach(
      NodeContext node, int in, int out, int k, int stride, int dilation, int pad) {
    node.require(
        (long) out * stride + (long) k * dilation + in + pad <= Integer.MAX_VALUE / 2,
        null,
        "window " + k + ", stride " + stride + " or dilation " + dilation + " is too large");
  }

  /** {@link #requireReach} of both axes, for an output of [n,oh,ow,c]. */
  void requireReach(NodeContext node, int h, int w, int[] y, int kh, int kw) {
    requireReach(node, h, y[1], kh, strideH, dilationH, padTop(h, kh));
    requireReach(node, w, y[2], kw, strideW, dilationW, padLeft(w, kw));
  }

  /** True when windows reach few positions outside of an input: packed kernels copy all of them. */
  boolean compact(int h, int w, int kh, int kw) {
    return (kh - 1L) * dilationH - h <= MOST_OUTSIDE && (kw - 1L) * dilationW - w <= MOST_OUTSIDE;
  }

  private int wholeH(int h) {
    return h + margins.top() + margins.bottom();
  }

  private int wholeW(int w) {
    return w + margins.left() + margins.right();
  }

  int outH(int h, int kh) {
    return out(padding, wholeH(h), kh, strideH, dilationH);
  }

  int outW(int w, int kw) {
    return out(padding, wholeW(w), kw, strideW, dilationW);
  }

  int padTop(int h, int kh) {
    return margins.top() + before(padding, wholeH(h), kh, strideH, dilationH);
  }

  int padLeft(int w, int kw) {
    return margins.left() + before(padding, wholeW(w), kw, strideW, dilationW);
  }

  /** Size of one axis of the output. */
  static int out(Padding padding, int in, int k, int stride, int dilation) {
    long span = (k - 1L) * dilation + 1;
    long reach = padding == Padding.SAME ? in : in - span + 1;
    return (int) Math.max(0, (reach + stride - 1) / stride);
  }

  /** Padding before one axis of the input. */
  static int before(Padding padding, int in, int k, int stride, int dilation) {
    if (padding == Padding.VALID) {
      return 0;
    }
    long span = (k - 1L) * dilation + 1;
    long total = (out(padding, in, k, stride, dilation) - 1L) * stride + span - in;
    return (int) (Math.max(0, total) / 2);
  }
}

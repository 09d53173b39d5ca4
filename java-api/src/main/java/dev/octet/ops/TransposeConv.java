// SPDX-License-Identifier: Apache-2.0
package dev.octet.ops;

import dev.octet.TensorType;
import dev.octet.graph.NodeContext;
import dev.octet.graph.Value;
import dev.octet.program.Emitter;
import dev.octet.program.Kernels;
import dev.octet.tflite.Activation;
import dev.octet.tflite.BuiltinOperator;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * {@code y[n,oh,ow,co] = f(bias[co] + sum x[n,ih,iw,ci] * w[co,kh,kw,ci])} over all {@code ih *
 * stride - pad + kh = oh}, and likewise for w. Inputs: the shape of y (int32), w [co,kh,kw,ci], x
 * [n,h,w,ci] and an optional bias [co]. The padding is that with which a convolution would make x's
 * size of y's. Types as for CONV_2D without int4; y's shape may be run-time data.
 *
 * <p>Outputs whose row and column leave the same remainders by the strides meet the same taps: each
 * such phase is an ordinary convolution of stride 1.
 */
record TransposeConv(Window window, Convolution convolution) implements Op {
  static final OpSpec SPEC =
      new OpSpec(
          BuiltinOperator.TRANSPOSE_CONV,
          5,
          "f32 i8 i8pc u8 i16x8 i16x8/i64 hybrid f16w",
          o ->
              new TransposeConv(
                  Window.read(o.options()),
                  new Convolution(
                      o.options().enumeration("fused_activation_function", Activation.class),
                      0,
                      Form.HALF_AWAY,
                      o.options().enumeration("quantized_bias_type", TensorType.class),
                      2)));

  @Override
  public String name() {
    return "TRANSPOSE_CONV";
  }

  @Override
  public void check(NodeContext node) {
    convolution.check(node, false);
    node.type(node.input(0), TensorType.INT32);
    window.check(node);
  }

  @Override
  public int[][] infer(NodeContext node) {
    Value shape = node.input(0);
    Value w = node.input(1);
    Value x = node.input(2);
    node.rank(shape, 1);
    node.require(shape.elements() == 4, shape, "does not have 4 elements");
    node.rank(w, 4);
    node.rank(x, 4);
    node.require(
        x.dim(3) == w.dim(3) && w.dim(3) > 0,
        w,
        "takes " + w.dim(3) + " channels, the input has " + x.dim(3));
    node.require(w.dim(1) > 0 && w.dim(2) > 0, w, "is empty");
    convolution.checkChannels(node, w.dim(0));
    if (!shape.constant()) {
      return new int[][] {null};
    }
    int[] y = shape.ints();
    node.require(y[0] == x.dim(0), shape, "asks for " + y[0] + " images, not " + x.dim(0));
    node.require(y[3] == w.dim(0), shape, "asks for " + y[3] + " channels, not " + w.dim(0));
    node.require(y[1] >= 0 && y[2] >= 0, shape, "asks for a negative size");
    int top = window.padTop(y[1], w.dim(1));
    int left = window.padLeft(y[2], w.dim(2));
    Window.requireReach(node, x.dim(1), y[1], w.dim(1), window.strideH(), 1, top);
    Window.requireReach(node, x.dim(2), y[2], w.dim(2), window.strideW(), 1, left);
    return new int[][] {y};
  }

  @Override
  public void emit(NodeContext node, Emitter emitter) {
    Value w = node.input(1);
    Value x = node.input(2);
    Value y = node.output(0);
    QuantizedRows rows =
        convolution.kind(node) == Convolution.Kind.HYBRID
            ? QuantizedRows.of(emitter, x, x.dim(0), false)
            : null;
    int padTop = window.padTop(y.dim(1), w.dim(1));
    int padLeft = window.padLeft(y.dim(2), w.dim(2));
    TransposedAxis[] vertical = TransposedAxis.phases(w.dim(1), window.strideH(), padTop);
    TransposedAxis[] horizontal = TransposedAxis.phases(w.dim(2), window.strideW(), padLeft);
    if (emitter.reference()
        || !convolution.packable(node)
        || vertical == null
        || horizontal == null
        || vertical.length * horizontal.length > TransposedAxis.MAX_PHASES) {
      convolution
          .plain(node, emitter, Kernels.CONV_2D, w.dim(0), rows)
          .i32("stride_h", window.strideH())
          .i32("stride_w", window.strideW())
          .i32("dilation_h", 1)
          .i32("dilation_w", 1)
          .i32("pad_top", padTop)
          .i32("pad_left", padLeft)
          .emit();
      return;
    }
    for (TransposedAxis v : vertical) {
      for (TransposedAxis h : horizontal) {
        convolution
            .packed(
                node,
                emitter,
                filter(w, v, h),
                rows,
                new Phase(v.stride(), h.stride(), v.first(), h.first()))
            .i32("stride_h", 1)
            .i32("stride_w", 1)
            .i32("dilation_h", 1)
            .i32("pad_top", v.pad())
            .i32("pad_left", h.pad())
            .emit();
      }
    }
  }

  private static Filter filter(Value w, TransposedAxis v, TransposedAxis h) {
    int kh = w.dim(1);
    int kw = w.dim(2);
    int run = w.dim(3) * w.type().bytes();
    ByteBuffer from = w.contents();
    ByteBuffer to = ByteBuffer.allocate(Math.multiplyExact(w.dim(0) * v.taps() * h.taps(), run));
    byte[] zeros = new byte[run];
    if (w.type() != TensorType.FLOAT32) {
      Arrays.fill(zeros, (byte) w.quantization().zeroPoint());
    }
    byte[] tap = new byte[run];
    for (int c = 0; c < w.dim(0); c++) {
      for (int i = 0; i < v.taps(); i++) {
        for (int j = 0; j < h.taps(); j++) {
          boolean inside = v.tap(i) < kh && h.tap(j) < kw;
          if (inside) {
            from.get(((c * kh + v.tap(i)) * kw + h.tap(j)) * run, tap);
          }
          to.put(inside ? tap : zeros);
        }
      }
    }
    String key = " phase" + v.key() + h.key();
    return new Filter(key, w.dim(0), v.taps(), h.taps(), w.dim(3), 1, to.flip());
  }

  @Override
  public boolean decides(NodeContext node, int i) {
    return i == 0;
  }

  @Override
  public long macs(NodeContext node) {
    Value w = node.input(1);
    return node.input(2).elements() * w.dim(0) * w.dim(1) * w.dim(2);
  }

  @Override
  public boolean acceptsFlip() {
    return true;
  }

  @Override
  public boolean prefersFlip() {
    return true;
  }
}

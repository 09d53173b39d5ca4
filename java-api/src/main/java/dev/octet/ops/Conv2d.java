// SPDX-License-Identifier: Apache-2.0
package dev.octet.ops;

import dev.octet.TensorType;
import dev.octet.graph.NodeContext;
import dev.octet.graph.Value;
import dev.octet.program.Emitter;
import dev.octet.program.InstructionBuilder;
import dev.octet.program.Kernels;
import dev.octet.tflite.Activation;
import dev.octet.tflite.BuiltinOperator;

/**
 * {@code y[n,oh,ow,co] = f(bias[co] + sum x[n,ih,iw,g*ci+c] * w[co,kh,kw,c])}; x is
 * [n,h,w,groups*ci], w [co,kh,kw,ci], bias [co]. Types: float32; int8 with int8 or int4 weights per
 * tensor or per output channel and int32 bias; uint8 with uint8 weights and int32 bias; int16 with
 * int8 or int4 weights and int32 or int64 bias; float32 with int8 or int4 weights, x being
 * quantized to int8 at run time, each image by itself.
 */
record Conv2d(Window window, Convolution convolution) implements Op {
  static final OpSpec SPEC =
      new OpSpec(
          BuiltinOperator.CONV_2D,
          8,
          "f32 i8 i8pc u8 i16x8 i16x8/i64 hybrid f16w i4w",
          o ->
              new Conv2d(
                  Window.readDilated(o.options()),
                  new Convolution(
                      o.options().enumeration("fused_activation_function", Activation.class),
                      0,
                      Form.HALF_UP,
                      o.options().enumeration("quantized_bias_type", TensorType.class),
                      0)));

  @Override
  public String name() {
    return "CONV_2D";
  }

  @Override
  public void check(NodeContext node) {
    convolution.check(node, true);
    window.check(node);
  }

  @Override
  public int[][] infer(NodeContext node) {
    Value x = node.input(0);
    Value w = node.input(1);
    node.rank(x, 4);
    node.rank(w, 4);
    int ci = w.dim(3);
    node.require(
        ci > 0 && x.dim(3) % ci == 0, w, "takes " + ci + " channels, the input has " + x.dim(3));
    int groups = x.dim(3) / ci;
    node.require(
        groups > 0 && w.dim(0) % groups == 0,
        w,
        "has " + w.dim(0) + " output channels, not a multiple of " + groups + " groups");
    convolution.checkChannels(node, w.dim(0));
    int oh = window.outH(x.dim(1), w.dim(1));
    int ow = window.outW(x.dim(2), w.dim(2));
    node.require(oh > 0 && ow > 0, x, "is smaller than the filter " + w);
    int[] y = {x.dim(0), oh, ow, w.dim(0)};
    window.requireReach(node, x.dim(1), x.dim(2), y, w.dim(1), w.dim(2));
    return new int[][] {y};
  }

  @Override
  public Op imagining(NodeContext node, int[] zeros) {
    Value w = node.input(1);
    Window inside = window.within(zeros, w.dim(1), w.dim(2));
    return inside == null ? null : new Conv2d(inside, convolution);
  }

  @Override
  public void emit(NodeContext node, Emitter emitter) {
    Value x = node.input(0);
    Value w = node.input(1);
    window.emit(instruction(node, emitter), x.dim(1), x.dim(2), w.dim(1), w.dim(2)).emit();
  }

  private InstructionBuilder instruction(NodeContext node, Emitter emitter) {
    Value w = node.input(1);
    int groups = node.input(0).dim(3) / w.dim(3);
    QuantizedRows rows =
        convolution.kind(node) == Convolution.Kind.HYBRID
            ? QuantizedRows.of(
                emitter, node.input(0), node.input(0).dim(0), groups == 1 && sameScales(w))
            : null;
    // the built-in kernels of groups round otherwise
    Convolution rounded = groups == 1 ? convolution : convolution.rounding(Form.HALF_AWAY);
    if (emitter.reference()
        || !convolution.packable(node)
        || !compact(node)
        || groups > 1 && !joins(node, groups)) {
      return rounded
          .plain(node, emitter, Kernels.CONV_2D, w.dim(0), rows)
          .i32("dilation_w", window.dilationW());
    }
    if (groups > 1) {
      Filter filter = Filter.joined(w, groups, window.dilationW());
      return rounded.packed(node, emitter, filter, rows, Phase.WHOLE);
    }
    return convolution.packed(node, emitter, Filter.of(w, window.dilationW()), rows, Phase.WHOLE);
  }

  private boolean compact(NodeContext node) {
    Value x = node.input(0);
    Value w = node.input(1);
    return window.compact(x.dim(1), x.dim(2), w.dim(1), w.dim(2));
  }

  /**
   * Whether groups are computed as one, with zeros between them: for integers, whose products with
   * zero are zero, and while the packed kernels' lead of 20 times and more pays for the zeros.
   */
  private boolean joins(NodeContext node, int groups) {
    return convolution.kind(node) != Convolution.Kind.REAL
        && groups <= 16
        && node.input(1).elements() * groups <= 1 << 20;
  }

  /**
   * Whether x is quantized symmetrically at run time: TensorFlow Lite does so unless scales of
   * channels differ or there are groups.
   */
  private static boolean sameScales(Value w) {
    for (int c = 1; c < w.quantization().size(); c++) {
      if (w.quantization().scale(c) != w.quantization().scale(0)) {
        return false;
      }
    }
    return true;
  }

  @Override
  public long macs(NodeContext node) {
    Value w = node.input(1);
    return node.output(0).elements() * w.dim(1) * w.dim(2) * w.dim(3);
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

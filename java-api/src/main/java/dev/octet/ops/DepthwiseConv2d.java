// SPDX-License-Identifier: Apache-2.0
package dev.octet.ops;

import dev.octet.TensorType;
import dev.octet.graph.NodeContext;
import dev.octet.graph.Value;
import dev.octet.program.Emitter;
import dev.octet.program.InstructionBuilder;
import dev.octet.program.Kernels;
import dev.octet.program.WeightsBuilder;
import dev.octet.tflite.Activation;
import dev.octet.tflite.BuiltinOperator;

/**
 * {@code y[n,oh,ow,c*d+j] = f(bias[c*d+j] + sum x[n,ih,iw,c] * w[0,kh,kw,c*d+j])}; x is [n,h,w,ci],
 * w [1,kh,kw,ci*d] with the depth multiplier d. Types as for CONV_2D, but int4 weights only with
 * int8 and int64 bias only with int16; per-channel scales along axis 3.
 */
record DepthwiseConv2d(Window window, Convolution convolution) implements Op {
  static final OpSpec SPEC =
      new OpSpec(
          BuiltinOperator.DEPTHWISE_CONV_2D,
          7,
          "f32 i8 i8pc u8 i16x8/i64 hybrid f16w i4w",
          o ->
              new DepthwiseConv2d(
                  Window.readDilated(o.options()),
                  new Convolution(
                      o.options().enumeration("fused_activation_function", Activation.class),
                      3,
                      Form.HALF_AWAY)));

  @Override
  public String name() {
    return "DEPTHWISE_CONV_2D";
  }

  @Override
  public void check(NodeContext node) {
    node.arity(2, 3, 1);
    Value x = node.input(0);
    Value bias = node.optional(2);
    convolution.check(node, x.type() == TensorType.INT8);
    node.require(
        x.type() != TensorType.INT16 || bias == null || bias.type() == TensorType.INT64,
        bias,
        "the bias of an int16 depthwise convolution is not int64");
    window.check(node);
  }

  @Override
  public int[][] infer(NodeContext node) {
    Value x = node.input(0);
    Value w = node.input(1);
    node.rank(x, 4);
    node.rank(w, 4);
    node.require(w.dim(0) == 1, w, "first dimension is not 1");
    // The multiplier follows from the shapes; files exist whose option says otherwise.
    node.require(
        x.dim(3) > 0 && w.dim(3) % x.dim(3) == 0,
        w,
        "has " + w.dim(3) + " channels, not a multiple of the input's " + x.dim(3));
    convolution.checkChannels(node, w.dim(3));
    int oh = window.outH(x.dim(1), w.dim(1));
    int ow = window.outW(x.dim(2), w.dim(2));
    node.require(oh > 0 && ow > 0, x, "is smaller than the filter " + w);
    int[] y = {x.dim(0), oh, ow, w.dim(3)};
    window.requireReach(node, x.dim(1), x.dim(2), y, w.dim(1), w.dim(2));
    return new int[][] {y};
  }

  @Override
  public Op imagining(NodeContext node, int[] zeros) {
    Value w = node.input(1);
    Window inside = window.within(zeros, w.dim(1), w.dim(2));
    return inside == null ? null : new DepthwiseConv2d(inside, convolution);
  }

  @Override
  public void emit(NodeContext node, Emitter emitter) {
    Value x = node.input(0);
    Value w = node.input(1);
    window.emit(instruction(node, emitter), x.dim(1), x.dim(2), w.dim(1), w.dim(2)).emit();
  }

  private InstructionBuilder instruction(NodeContext node, Emitter emitter) {
    Value w = node.input(1);
    int channels = node.input(0).dim(3);
    Convolution.Kind kind = convolution.kind(node);
    QuantizedRows rows =
        kind == Convolution.Kind.HYBRID
            ? QuantizedRows.of(emitter, node.input(0), node.input(0).dim(0), false)
            : null;
    Value x = node.input(0);
    boolean compact = window.compact(x.dim(1), x.dim(2), w.dim(1), w.dim(2));
    if (emitter.reference() || !convolution.packable(node) || !compact) {
      return plain(node, emitter, rows);
    }
    if (channels == 1) {
      return matrixProduct(node, emitter, rows);
    }
    WeightsBuilder.Filler dimensions =
        entry -> entry.i32("kh", w.dim(1)).i32("kw", w.dim(2)).i32("co", w.dim(3));
    if (kind == Convolution.Kind.BYTES) {
      return Convolution.rowsAbsent(
              convolution.packedInteger(
                  node, emitter, Kernels.DWCONV_I8, "", w.dim(3), Filter.bytes(w), dimensions))
          .i32("dilation_w", window.dilationW());
    }
    if (kind == Convolution.Kind.HYBRID) {
      return convolution
          .packedHybrid(
              node, emitter, Kernels.DWCONV_I8, "", w.dim(3), Filter.bytes(w), dimensions, rows)
          .i32("dilation_w", window.dilationW());
    }
    if (kind == Convolution.Kind.WORDS) {
      Filter filter =
          new Filter("", w.dim(3), w.dim(1), w.dim(2), 1, window.dilationW(), Filter.bytes(w));
      return convolution
          .packedWords(node, emitter, Kernels.DWCONV_I16, filter, dimensions)
          .i32("dilation_w", window.dilationW());
    }
    return channels == w.dim(3) && kind == Convolution.Kind.REAL
        ? convolution
            .packedFloat(node, emitter, Kernels.DWCONV_F32, "", w.contents(), dimensions)
            .i32("dilation_w", window.dilationW())
        : plain(node, emitter, rows);
  }

  /**
   * With one input channel this is CONV_2D with w transposed to [co,kh,kw,1]: 10x8 to 8 channels
   * takes 4 us so, 86 us as a depthwise convolution (micro_speech, AVX-512 VNNI).
   */
  private InstructionBuilder matrixProduct(NodeContext node, Emitter emitter, QuantizedRows rows) {
    Value w = node.input(1);
    int co = w.dim(3);
    int bytes = convolution.kind(node) == Convolution.Kind.REAL ? 4 : 1;
    Filter filter =
        new Filter(
            " as a matrix",
            co,
            w.dim(1),
            w.dim(2),
            1,
            window.dilationW(),
            Convolution.transposed(Filter.bytes(w), w.dim(1) * w.dim(2), co, bytes));
    return convolution.packed(node, emitter, filter, rows, Phase.WHOLE);
  }

  private InstructionBuilder plain(NodeContext node, Emitter emitter, QuantizedRows rows) {
    int channels = node.input(1).dim(3);
    return convolution
        .plain(node, emitter, Kernels.DEPTHWISE_CONV_2D, channels, rows)
        .i32("dilation_w", window.dilationW())
        .i32("depth_multiplier", channels / node.input(0).dim(3));
  }

  @Override
  public long macs(NodeContext node) {
    Value w = node.input(1);
    return node.output(0).elements() * w.dim(1) * w.dim(2);
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

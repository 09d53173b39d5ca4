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
import dev.octet.tflite.Padding;
import dev.octet.tflite.Table;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.stream.IntStream;

/**
 * CONV_3D: {@code y[n,od,oh,ow,co] = f(bias[co] + sum x[n,id,ih,iw,ci] * w[kd,kh,kw,ci,co])}, with
 * a {@link Window} on each of the axes d, h and w; bias is optional.
 *
 * <p>CONV_3D_TRANSPOSE: the shape of y (int32), w [kd,kh,kw,co,ci], x and an optional bias; the sum
 * over all {@code id * stride - pad + kd * dilation = od}, and likewise for h and w. A convolution
 * of y's size must give x's. y's shape may be run-time data. All float32.
 */
record Conv3d(
    Padding padding, int[] strides, int[] dilations, Activation activation, boolean transposed)
    implements Op {
  static final OpSpec SPEC =
      new OpSpec(BuiltinOperator.CONV_3D, 1, "f32", o -> read(o.options(), false));
  static final OpSpec TRANSPOSED =
      new OpSpec(BuiltinOperator.CONV_3D_TRANSPOSE, 1, "f32", o -> read(o.options(), true));

  private static final String[] AXES = {"d", "h", "w"};
  private static final String[] PADS = {"pad_front", "pad_top", "pad_left"};

  private static Conv3d read(Table options, boolean transposed) {
    int[] strides = new int[3];
    int[] dilations = new int[3];
    for (int i = 0; i < 3; i++) {
      strides[i] = options.integer("stride_" + AXES[i]);
      dilations[i] = options.integer("dilation_" + AXES[i] + "_factor");
    }
    return new Conv3d(
        options.enumeration("padding", Padding.class),
        strides,
        dilations,
        options.enumeration("fused_activation_function", Activation.class),
        transposed);
  }

  @Override
  public String name() {
    return transposed ? "CONV_3D_TRANSPOSE" : "CONV_3D";
  }

  private int input() {
    return transposed ? 2 : 0;
  }

  private int biasIndex() {
    return transposed ? 3 : 2;
  }

  @Override
  public void check(NodeContext node) {
    node.arity(biasIndex(), biasIndex() + 1, 1);
    OutputRange.check(node, activation);
    node.type(node.input(input()), TensorType.FLOAT32);
    node.type(node.input(1), TensorType.FLOAT32);
    node.type(node.output(0), TensorType.FLOAT32);
    if (node.has(biasIndex())) {
      node.type(node.input(biasIndex()), TensorType.FLOAT32);
    }
    if (transposed) {
      node.type(node.input(0), TensorType.INT32);
    }
    for (int i = 0; i < 3; i++) {
      node.require(strides[i] >= 1, null, "stride " + strides[i] + " is not positive");
      node.require(dilations[i] >= 1, null, "dilation " + dilations[i] + " is not positive");
    }
  }

  @Override
  public int[][] infer(NodeContext node) {
    Value x = node.input(input());
    Value w = node.input(1);
    node.rank(x, 5);
    node.rank(w, 5);
    int ci = w.dim(transposed ? 4 : 3);
    int co = w.dim(transposed ? 3 : 4);
    node.require(ci == x.dim(4), w, "takes " + ci + " channels, the input has " + x.dim(4));
    for (int dim : w.shape()) {
      node.require(dim > 0, w, "is empty");
    }
    if (node.has(biasIndex())) {
      Value bias = node.input(biasIndex());
      node.require(bias.elements() == co, bias, "does not have " + co + " elements");
    }
    if (transposed) {
      return inferTransposed(node, x, w);
    }
    int[] y = {x.dim(0), 0, 0, 0, co};
    for (int i = 0; i < 3; i++) {
      y[1 + i] = Window.out(padding, x.dim(1 + i), w.dim(i), strides[i], dilations[i]);
      node.require(y[1 + i] > 0, x, "is smaller than the filter " + w);
      requireReach(node, i, x.dim(1 + i), y[1 + i], w.dim(i), x.dim(1 + i));
    }
    return new int[][] {y};
  }

  /**
   * @param large the size that the padding is for
   */
  private void requireReach(NodeContext node, int axis, int in, int out, int k, int large) {
    int pad = Window.before(padding, large, k, strides[axis], dilations[axis]);
    Window.requireReach(node, in, out, k, strides[axis], dilations[axis], pad);
  }

  private int[][] inferTransposed(NodeContext node, Value x, Value w) {
    Value shape = node.input(0);
    node.rank(shape, 1);
    node.require(shape.elements() == 5, shape, "does not have 5 elements");
    if (!shape.constant()) {
      return new int[][] {null};
    }
    int[] y = shape.ints();
    node.require(y[0] == x.dim(0), shape, "asks for " + y[0] + " images, not " + x.dim(0));
    node.require(y[4] == w.dim(3), shape, "asks for " + y[4] + " channels, not " + w.dim(3));
    for (int i = 0; i < 3; i++) {
      node.require(
          y[1 + i] >= 0
              && Window.out(padding, y[1 + i], w.dim(i), strides[i], dilations[i]) == x.dim(1 + i),
          shape,
          "is not one of which a convolution gives the input's");
      requireReach(node, i, x.dim(1 + i), y[1 + i], w.dim(i), y[1 + i]);
    }
    return new int[][] {y};
  }

  @Override
  public boolean decides(NodeContext node, int i) {
    return transposed && i == 0;
  }

  @Override
  public void emit(NodeContext node, Emitter emitter) {
    Value w = node.input(1);
    // the padding is that of the ordinary convolution, whose input is y when transposed
    Value large = transposed ? node.output(0) : node.input(0);
    int[] pads = new int[3];
    for (int i = 0; i < 3; i++) {
      pads[i] = Window.before(padding, large.dim(1 + i), w.dim(i), strides[i], dilations[i]);
    }
    boolean constant =
        w.constant() && (!node.has(biasIndex()) || node.input(biasIndex()).constant());
    if (emitter.reference() || !constant) {
      plain(node, emitter, pads);
    } else if (transposed) {
      phases(node, emitter, pads);
    } else {
      int[] ones = {1, 1, 1};
      int[] k = {w.dim(0), w.dim(1), w.dim(2)};
      ByteBuffer filter = reordered(w, k, (axis, u) -> u);
      packed(node, emitter, "", filter, k, strides, dilations, pads, ones, new int[3]);
    }
  }

  private void plain(NodeContext node, Emitter emitter, int[] pads) {
    OutputRange range = OutputRange.of(activation);
    InstructionBuilder instruction = emitter.instruction(Kernels.CONV_3D);
    instruction
        .in("x", node.input(input()))
        .in("w", node.input(1))
        .in("bias", node.optional(biasIndex()))
        .out("y", node.output(0));
    for (int i = 0; i < 3; i++) {
      instruction
          .i32("stride_" + AXES[i], strides[i])
          .i32("dilation_" + AXES[i], dilations[i])
          .i32(PADS[i], pads[i]);
    }
    instruction
        .i32("transposed", transposed ? 1 : 0)
        .f32("act_min", range.low())
        .f32("act_max", range.high())
        .emit();
  }

  private void phases(NodeContext node, Emitter emitter, int[] pads) {
    Value w = node.input(1);
    TransposedAxis[][] axes = new TransposedAxis[3][];
    int count = 1;
    for (int i = 0; i < 3 && count > 0; i++) {
      axes[i] = dilations[i] > 1 ? null : TransposedAxis.phases(w.dim(i), strides[i], pads[i]);
      count = axes[i] == null ? 0 : count * axes[i].length;
    }
    if (count == 0 || count > TransposedAxis.MAX_PHASES) {
      plain(node, emitter, pads);
      return;
    }
    for (int phase = 0; phase < count; phase++) {
      int rest = phase;
      TransposedAxis[] of = new TransposedAxis[3];
      for (int i = 0; i < 3; i++) {
        of[i] = axes[i][rest % axes[i].length];
        rest /= axes[i].length;
      }
      int[] k = IntStream.range(0, 3).map(i -> of[i].taps()).toArray();
      int[] phasePads = IntStream.range(0, 3).map(i -> of[i].pad()).toArray();
      int[] firsts = IntStream.range(0, 3).map(i -> of[i].first()).toArray();
      int[] ones = {1, 1, 1};
      String key = " phase" + of[0].key() + of[1].key() + of[2].key();
      ByteBuffer filter = reordered(w, k, (axis, u) -> of[axis].tap(u));
      packed(node, emitter, key, filter, k, ones, ones, phasePads, strides, firsts);
    }
  }

  /** Which tap of w stands at place {@code u} of an axis; one that w has not stands for zeros. */
  private interface Taps {
    int at(int axis, int u);
  }

  /** w as [co, taps, ci] with {@code k} taps on each axis. */
  private ByteBuffer reordered(Value w, int[] k, Taps taps) {
    int ci = w.dim(transposed ? 4 : 3);
    int co = w.dim(transposed ? 3 : 4);
    int count = Math.multiplyExact(k[0] * k[1], k[2]);
    ByteBuffer from = w.contents();
    ByteBuffer to =
        ByteBuffer.allocate(Math.multiplyExact(4 * ci, Math.multiplyExact(co, count)))
            .order(ByteOrder.LITTLE_ENDIAN);
    for (int t = 0; t < count; t++) {
      int[] at = {taps.at(0, t / k[2] / k[1]), taps.at(1, t / k[2] % k[1]), taps.at(2, t % k[2])};
      if (at[0] >= w.dim(0) || at[1] >= w.dim(1) || at[2] >= w.dim(2)) {
        continue;
      }
      int tap = (at[0] * w.dim(1) + at[1]) * w.dim(2) + at[2];
      for (int o = 0; o < co; o++) {
        for (int i = 0; i < ci; i++) {
          int index = transposed ? (tap * co + o) * ci + i : (tap * ci + i) * co + o;
          to.putInt(4 * ((o * count + t) * ci + i), from.getInt(4 * index));
        }
      }
    }
    return to;
  }

  private void packed(
      NodeContext node,
      Emitter emitter,
      String key,
      ByteBuffer filter,
      int[] k,
      int[] strides,
      int[] dilations,
      int[] pads,
      int[] steps,
      int[] firsts) {
    Value w = node.input(1);
    OutputRange range = OutputRange.of(activation);
    ByteBuffer bias =
        node.has(biasIndex()) ? node.input(biasIndex()).contents() : ByteBuffer.allocate(0);
    int weights =
        emitter.weights(
            "node " + node.node().index() + key,
            Kernels.CONV_F32,
            entry ->
                entry
                    .i32("co", w.dim(transposed ? 3 : 4))
                    .i32("kh", k[0] * k[1] * k[2])
                    .i32("kw", 1)
                    .i32("ci", w.dim(transposed ? 4 : 3))
                    .part(filter)
                    .part(bias));
    InstructionBuilder instruction =
        emitter
            .instruction(Kernels.CONV_3D_F32)
            .in("x", node.input(input()))
            .weights("weights", weights)
            .out("y", node.output(0));
    for (int i = 0; i < 3; i++) {
      instruction
          .i32("k" + AXES[i], k[i])
          .i32("stride_" + AXES[i], strides[i])
          .i32("dilation_" + AXES[i], dilations[i])
          .i32(PADS[i], pads[i])
          .i32("y_step_" + AXES[i], steps[i])
          .i32("y_first_" + AXES[i], firsts[i]);
    }
    instruction.f32("act_min", range.low()).f32("act_max", range.high()).emit();
  }

  @Override
  public long macs(NodeContext node) {
    Value w = node.input(1);
    long pixel = w.elements();
    Value small = transposed ? node.input(2) : node.output(0);
    return small.elements() / Math.max(1, small.dim(4)) * pixel;
  }
}

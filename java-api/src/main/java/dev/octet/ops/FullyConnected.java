// SPDX-License-Identifier: Apache-2.0
package dev.octet.ops;

import dev.octet.graph.NodeContext;
import dev.octet.graph.Value;
import dev.octet.program.Emitter;
import dev.octet.program.InstructionBuilder;
import dev.octet.program.Kernels;
import dev.octet.tflite.Activation;
import dev.octet.tflite.BuiltinOperator;
import dev.octet.tflite.WeightsFormat;

/**
 * {@code y[m,co] = f(bias[co] + sum over k of x[m,k] * w[co,k])}; w is [co,k], x any shape whose
 * elements are a multiple of k. y is [m,co], or x's shape with its last dimension co when {@code
 * keepDims}. Types as for CONV_2D.
 */
record FullyConnected(boolean keepDims, WeightsFormat format, Convolution convolution)
    implements Op {
  static final OpSpec SPEC =
      new OpSpec(
          BuiltinOperator.FULLY_CONNECTED,
          13,
          "f32 i8 u8",
          o ->
              new FullyConnected(
                  o.options().bool("keep_num_dims"),
                  o.options().enumeration("weights_format", WeightsFormat.class),
                  new Convolution(
                      o.options().enumeration("fused_activation_function", Activation.class),
                      0,
                      Form.HALF_UP)));

  @Override
  public String name() {
    return "FULLY_CONNECTED";
  }

  @Override
  public void check(NodeContext node) {
    convolution.check(node, false);
    node.type(node.input(1), node.input(0).type());
    node.require(
        format == WeightsFormat.DEFAULT,
        node.input(1),
        "weights format " + format + " is not supported");
  }

  @Override
  public int[][] infer(NodeContext node) {
    Value x = node.input(0);
    Value w = node.input(1);
    node.rank(w, 2);
    int k = w.dim(1);
    node.require(
        k > 0 && x.elements() % k == 0, x, "elements are not a multiple of the weights' " + k);
    convolution.checkChannels(node, w.dim(0));
    if (keepDims) {
      node.require(
          x.rank() > 0 && x.dim(x.rank() - 1) == k, x, "last dimension is not the weights' " + k);
      int[] shape = x.shape().clone();
      shape[shape.length - 1] = w.dim(0);
      return new int[][] {shape};
    }
    return new int[][] {{(int) (x.elements() / k), w.dim(0)}};
  }

  @Override
  public void emit(NodeContext node, Emitter emitter) {
    Window.POINT.emit(instruction(node, emitter), 1, 1, 1, 1).emit();
  }

  private InstructionBuilder instruction(NodeContext node, Emitter emitter) {
    Value w = node.input(1);
    if (emitter.reference() || !convolution.packable(node)) {
      return convolution.plain(node, emitter, Kernels.CONV_2D, w.dim(0), null).i32("dilation_w", 1);
    }
    return convolution.packed(node, emitter, Filter.of(w, 1), null, Phase.WHOLE);
  }

  @Override
  public long macs(NodeContext node) {
    return node.output(0).elements() * node.input(1).dim(1);
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

// SPDX-License-Identifier: Apache-2.0
package dev.octet.ops;

import dev.octet.TensorType;
import dev.octet.graph.NodeContext;
import dev.octet.graph.Value;
import dev.octet.program.Emitter;
import dev.octet.program.InstructionBuilder;
import dev.octet.program.Kernel;
import dev.octet.program.Kernels;
import dev.octet.tflite.Activation;
import dev.octet.tflite.BuiltinOperator;
import dev.octet.tflite.TfliteOperator;

/**
 * AVERAGE_POOL_2D, MAX_POOL_2D and L2_POOL_2D: {@code y[n,oh,ow,c]} is the mean, the maximum or the
 * root of the mean square of the window's elements inside x [n,h,w,c]; padding is not counted.
 * Types float32 and, but for L2_POOL_2D, int8, uint8 and int16, of which the mean rounds halves
 * away from zero; a quantized output has the input's scale and zero point.
 */
record Pool2d(String name, Kernel kernel, Window window, int kh, int kw, Activation activation)
    implements Op {
  static final OpSpec AVERAGE =
      new OpSpec(
          BuiltinOperator.AVERAGE_POOL_2D,
          3,
          "f32 i8 u8 i16",
          o -> read(o, "AVERAGE_POOL_2D", Kernels.AVERAGE_POOL_2D));
  static final OpSpec MAX =
      new OpSpec(
          BuiltinOperator.MAX_POOL_2D,
          3,
          "f32 i8 u8 i16",
          o -> read(o, "MAX_POOL_2D", Kernels.MAX_POOL_2D));

  static final OpSpec L2 =
      new OpSpec(
          BuiltinOperator.L2_POOL_2D, 1, "f32", o -> read(o, "L2_POOL_2D", Kernels.L2_POOL_2D));

  private static Pool2d read(TfliteOperator operator, String name, Kernel kernel) {
    return new Pool2d(
        name,
        kernel,
        Window.read(operator.options()),
        operator.options().integer("filter_height"),
        operator.options().integer("filter_width"),
        operator.options().enumeration("fused_activation_function", Activation.class));
  }

  @Override
  public void check(NodeContext node) {
    node.arity(1, 1, 1);
    window.check(node);
    OutputRange.check(node, activation);
    node.require(kh >= 1 && kw >= 1, null, "window " + kh + "x" + kw + " is not positive");
    Value x = node.input(0);
    Value y = node.output(0);
    if (kernel == Kernels.L2_POOL_2D) {
      node.type(x, TensorType.FLOAT32);
    } else {
      node.type(x, TensorType.FLOAT32, TensorType.INT8, TensorType.UINT8, TensorType.INT16);
    }
    node.type(y, x.type());
    if (x.type() != TensorType.FLOAT32) {
      node.perTensor(x);
      node.perTensor(y);
      node.require(
          Math.abs(x.quantization().scale() - y.quantization().scale()) <= 1e-6
              && x.quantization().zeroPoint() == y.quantization().zeroPoint(),
          y,
          "quantization differs from the input's");
    }
  }

  @Override
  public int[][] infer(NodeContext node) {
    Value x = node.input(0);
    node.rank(x, 4);
    int oh = window.outH(x.dim(1), kh);
    int ow = window.outW(x.dim(2), kw);
    node.require(oh > 0 && ow > 0, x, "is smaller than the window " + kh + "x" + kw);
    int[] y = {x.dim(0), oh, ow, x.dim(3)};
    window.requireReach(node, x.dim(1), x.dim(2), y, kh, kw);
    return new int[][] {y};
  }

  @Override
  public void emit(NodeContext node, Emitter emitter) {
    Value x = node.input(0);
    Value y = node.output(0);
    OutputRange range = OutputRange.of(activation);
    boolean quantized = x.type() != TensorType.FLOAT32;
    InstructionBuilder instruction = emitter.instruction(kernel);
    instruction
        .in("x", x)
        .out("y", y)
        .i32("kh", kh)
        .i32("kw", kw)
        .i32("stride_h", window.strideH())
        .i32("stride_w", window.strideW())
        .i32("pad_top", window.padTop(x.dim(1), kh))
        .i32("pad_left", window.padLeft(x.dim(2), kw))
        .i32("y_min", quantized ? range.min(y) : 0)
        .i32("y_max", quantized ? range.max(y) : 0)
        .f32("act_min", range.low())
        .f32("act_max", range.high())
        .emit();
  }

  @Override
  public boolean acceptsFlip() {
    return true;
  }
}

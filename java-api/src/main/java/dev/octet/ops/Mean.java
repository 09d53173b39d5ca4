// SPDX-License-Identifier: Apache-2.0
package dev.octet.ops;

import dev.octet.TensorType;
import dev.octet.graph.NodeContext;
import dev.octet.graph.Value;
import dev.octet.program.Emitter;
import dev.octet.program.Kernels;
import dev.octet.tflite.BuiltinOperator;

/**
 * Mean over the axes named by the constant second input; reduced axes stay as 1 when {@code keepDims}.
 * Types float32, int8, uint8. Quantized as TensorFlow Lite's built-in kernel: {@code y = clamp(requantize(sum
 * - count * xZero) + yZero)} with the factor {@code xScale / yScale / count}.
 */
record Mean(boolean keepDims) implements Op {
  static final OpSpec SPEC =
      new OpSpec(BuiltinOperator.MEAN, 3, o -> new Mean(o.options().bool("keep_dims")));

  @Override
  public String name() {
    return "MEAN";
  }

  @Override
  public void check(NodeContext node) {
    node.arity(2, 2, 1);
    Value x = node.input(0);
    node.type(x, TensorType.FLOAT32, TensorType.INT8, TensorType.UINT8);
    node.type(node.output(0), x.type());
    node.type(node.input(1), TensorType.INT32);
    node.require(node.input(1).constant(), node.input(1), "the axes are not constant");
    if (x.type() != TensorType.FLOAT32) {
      node.perTensor(x);
      node.perTensor(node.output(0));
    }
  }

  /** Bit i is set when axis i is reduced. */
  private static int axes(NodeContext node) {
    int rank = node.input(0).rank();
    int bits = 0;
    for (int axis : node.input(1).ints()) {
      node.require(
          axis >= -rank && axis < rank, node.input(1), "axis " + axis + " is not in rank " + rank);
      bits |= 1 << (axis < 0 ? axis + rank : axis);
    }
    return bits;
  }

  @Override
  public int[][] infer(NodeContext node) {
    Value x = node.input(0);
    int axes = axes(node);
    int[] shape = new int[keepDims ? x.rank() : x.rank() - Integer.bitCount(axes)];
    int next = 0;
    for (int i = 0; i < x.rank(); i++) {
      boolean reduced = (axes >> i & 1) != 0;
      if (!reduced) {
        shape[next++] = x.dim(i);
      } else if (keepDims) {
        shape[next++] = 1;
      }
    }
    return new int[][] {shape};
  }

  @Override
  public void emit(NodeContext node, Emitter emitter) {
    Value x = node.input(0);
    Value y = node.output(0);
    boolean quantized = x.type() != TensorType.FLOAT32;
    long count = 1;
    int axes = axes(node);
    for (int i = 0; i < x.rank(); i++) {
      count *= (axes >> i & 1) != 0 ? x.dim(i) : 1;
    }
    Multipliers m =
        Multipliers.of(
            quantized && count > 0
                ? (double) x.quantization().scale() / y.quantization().scale() / count
                : 1);
    emitter
        .instruction(Kernels.MEAN)
        .in("x", x)
        .out("y", y)
        .i32("axes", axes)
        .i32("multiplier", m.multiplier()[0])
        .i32("shift", m.shift()[0])
        .i32("sum_offset", quantized ? (int) (-count * x.quantization().zeroPoint()) : 0)
        .i32("y_offset", quantized ? y.quantization().zeroPoint() : 0)
        .emit();
  }

  @Override
  public boolean acceptsFlip() {
    return true;
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.octet.ops;

import dev.octet.TensorType;
import dev.octet.graph.NodeContext;
import dev.octet.graph.Value;
import dev.octet.program.Emitter;
import dev.octet.program.InstructionBuilder;
import dev.octet.program.Kernels;
import dev.octet.tflite.BuiltinOperator;
import java.util.Arrays;

/**
 * Mean over the axes that the constant second input names; they stay with length 1 when {@code
 * keepDims}. float32, int8, uint8.
 *
 * <p>TensorFlow Lite has two quantized ways, which may differ by one step. Over height and width of
 * an image, kept: {@code half_away(sum * f) + b} with float32 {@code f = xs / (count * ys)} and
 * {@code b = yz - trunc(xz * xs / ys +- 0.5)}. Else: {@code half_away((sum - xz * count) * f) +
 * yz}, where f is the fixed-point {@code xs / ys} divided by count and truncated.
 */
record Mean(boolean keepDims) implements Op {
  static final OpSpec SPEC =
      new OpSpec(
          BuiltinOperator.MEAN, 3, "f32 i8 u8", o -> new Mean(o.options().bool("keep_dims")));

  @Override
  public String name() {
    return "MEAN";
  }

  @Override
  public void check(NodeContext node) {
    node.arity(2, 2, 1);
    Value x = node.input(0);
    node.type(x, TensorType.FLOAT32, TensorType.INT8, TensorType.UINT8);
    node.type(node.input(1), TensorType.INT32);
    node.type(node.output(0), x.type());
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
          axis >= -rank && axis < rank, node.input(1), "axis " + axis + " of rank " + rank);
      bits |= 1 << (axis < 0 ? axis + rank : axis);
    }
    return bits;
  }

  @Override
  public int[][] infer(NodeContext node) {
    Value x = node.input(0);
    int axes = axes(node);
    int[] shape = new int[x.rank()];
    int rank = 0;
    for (int axis = 0; axis < x.rank(); axis++) {
      boolean reduced = (axes >> axis & 1) != 0;
      if (!reduced) {
        shape[rank++] = x.dim(axis);
      } else if (keepDims) {
        shape[rank++] = 1;
      }
    }
    return new int[][] {Arrays.copyOf(shape, rank)};
  }

  @Override
  public void emit(NodeContext node, Emitter emitter) {
    Value x = node.input(0);
    Value y = node.output(0);
    int axes = axes(node);
    InstructionBuilder instruction =
        emitter.instruction(Kernels.MEAN).in("x", x).out("y", y).i32("axes", axes);
    if (x.type() == TensorType.FLOAT32) {
      instruction.i32("multiplier", 0).i32("shift", 0).i32("sum_offset", 0).i32("y_offset", 0);
    } else {
      quantized(node, instruction, count(x, axes));
    }
    instruction.emit();
  }

  private static long count(Value x, int axes) {
    long count = 1;
    for (int axis = 0; axis < x.rank(); axis++) {
      count *= (axes >> axis & 1) != 0 ? x.dim(axis) : 1;
    }
    return count;
  }

  private void quantized(NodeContext node, InstructionBuilder instruction, long count) {
    float xScale = node.input(0).quantization().scale();
    float yScale = node.output(0).quantization().scale();
    int xZero = node.input(0).quantization().zeroPoint();
    int yZero = node.output(0).quantization().zeroPoint();
    int[] axes = node.input(1).ints();
    boolean image =
        node.input(0).rank() == 4
            && (Arrays.equals(axes, new int[] {1, 2}) || Arrays.equals(axes, new int[] {2, 1}));
    if (count == 0) {
      instruction.i32("multiplier", 0).i32("shift", 0).i32("sum_offset", 0).i32("y_offset", 0);
    } else if (keepDims && image) {
      float zero = xZero * xScale / yScale;
      Multipliers factor = Multipliers.of(xScale / (count * yScale));
      instruction
          .i32("multiplier", factor.multiplier()[0])
          .i32("shift", factor.shift()[0])
          .i32("sum_offset", 0)
          .i32("y_offset", yZero - (int) (zero > 0 ? zero + 0.5f : zero - 0.5f));
    } else {
      Multipliers factor = Multipliers.of((double) xScale / yScale);
      int bits = 63 - Long.numberOfLeadingZeros(count);
      int shift = Math.min(Math.min(bits, 32), 31 + factor.shift()[0]);
      instruction
          .i32("multiplier", (int) (((long) factor.multiplier()[0] << shift) / count))
          .i32("shift", factor.shift()[0] - shift)
          .i32("sum_offset", (int) (-xZero * count))
          .i32("y_offset", yZero);
    }
  }

  @Override
  public boolean acceptsFlip() {
    return true;
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.octet.ops;

import dev.octet.TensorType;
import dev.octet.graph.NodeContext;
import dev.octet.graph.Value;
import dev.octet.program.Emitter;
import dev.octet.program.InstructionBuilder;
import dev.octet.program.Kernels;
import dev.octet.tflite.BuiltinOperator;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * SUM, MEAN, REDUCE_PROD, REDUCE_MAX, REDUCE_MIN, REDUCE_ANY and REDUCE_ALL over the axes that the
 * second input names; they stay with length 1 when {@code keepDims}.
 *
 * <p>float32, int32 and int64 are reduced as they are; integers wrap, and a mean of integers is
 * truncated. Of int8, uint8 and int16, as TensorFlow Lite has it:
 *
 * <ul>
 *   <li>MEAN of int8 or uint8 over height and width of an image, kept: {@code half_away(sum * f) +
 *       b} with float32 {@code f = xs / (count * ys)} and {@code b = yz - trunc(xz * xs / ys +-
 *       0.5)}. Else: {@code half_away((sum - xz * count) * f) + yz}, where f is the fixed-point
 *       {@code xs / ys} divided by count and truncated.
 *   <li>SUM: {@code round(sum * f - xz * f * count) + yz} in float32, {@code f = xs / ys}.
 *   <li>REDUCE_PROD of quantized int8 and int16: each factor multiplies by {@code xs /
 *       ys^(1/count)}, rounded; without quantization, and of uint8, the wrapping product.
 *   <li>REDUCE_MAX and REDUCE_MIN: the output has the input's scale and zero point.
 * </ul>
 */
record Reduce(Operation operation, boolean keepDims) implements Op {
  /** The ordinal is the kernel's code. */
  enum Operation {
    SUM,
    MEAN,
    REDUCE_PROD,
    REDUCE_MAX,
    REDUCE_MIN,
    REDUCE_ANY,
    REDUCE_ALL
  }

  static final OpSpec SUM = spec(BuiltinOperator.SUM, 2, "f32 i8 u8 i16 i32 i64");
  static final OpSpec MEAN = spec(BuiltinOperator.MEAN, 3, "f32 i8 u8 i16 i32 i64");
  static final OpSpec PROD = spec(BuiltinOperator.REDUCE_PROD, 2, "f32 i8 u8 i16 i32 i64");
  static final OpSpec MAX = spec(BuiltinOperator.REDUCE_MAX, 3, "f32 i8 u8 i16 i32 i64");
  static final OpSpec MIN = spec(BuiltinOperator.REDUCE_MIN, 3, "f32 i8 u8 i16 i32 i64");
  static final OpSpec ANY = spec(BuiltinOperator.REDUCE_ANY, 1, "bool");
  static final OpSpec ALL = spec(BuiltinOperator.REDUCE_ALL, 1, "bool");

  private static final int PLAIN = 0;
  private static final int FIXED = 1;
  private static final int FLOAT = 2;

  private static OpSpec spec(BuiltinOperator builtin, int version, String types) {
    Operation operation = Operation.valueOf(builtin.name());
    return new OpSpec(
        builtin, version, types, o -> new Reduce(operation, o.options().bool("keep_dims")));
  }

  @Override
  public String name() {
    return operation.name();
  }

  private static boolean small(Value x) {
    return switch (x.type()) {
      case INT8, UINT8, INT16 -> true;
      default -> false;
    };
  }

  @Override
  public void check(NodeContext node) {
    node.arity(2, 2, 1);
    Value x = node.input(0);
    Value y = node.output(0);
    if (operation == Operation.REDUCE_ANY || operation == Operation.REDUCE_ALL) {
      node.type(x, TensorType.BOOL);
    } else {
      node.type(
          x,
          TensorType.FLOAT32,
          TensorType.INT8,
          TensorType.UINT8,
          TensorType.INT16,
          TensorType.INT32,
          TensorType.INT64);
    }
    node.type(node.input(1), TensorType.INT32);
    node.type(y, x.type());
    if (small(x)) {
      checkQuantization(node, x, y);
    }
  }

  private void checkQuantization(NodeContext node, Value x, Value y) {
    boolean adds = operation == Operation.SUM || operation == Operation.MEAN;
    boolean product = operation == Operation.REDUCE_PROD;
    if (!adds && x.quantization() == null) {
      node.require(y.quantization() == null, y, "is quantized, unlike the input");
      return;
    }
    node.perTensor(x);
    node.perTensor(y);
    if (x.type() == TensorType.INT16) {
      node.require(x.quantization().zeroPoint() == 0, x, "zero point is not 0");
      node.require(y.quantization().zeroPoint() == 0, y, "zero point is not 0");
    }
    node.require(
        !product || x.type() != TensorType.UINT8, x, "a product of quantized uint8 is not defined");
    node.require(
        adds || product || x.quantization().equals(y.quantization()),
        y,
        "quantization differs from the input's");
  }

  /** Bit i is set when axis i is reduced. */
  private static int axes(NodeContext node) {
    int rank = node.input(0).rank();
    int bits = 0;
    for (int axis : node.input(1).ints()) {
      // of a scalar every axis is the whole of it
      node.require(
          rank == 0 || axis >= -rank && axis < rank,
          node.input(1),
          "axis " + axis + " of rank " + rank);
      bits |= rank == 0 ? 0 : 1 << (axis < 0 ? axis + rank : axis);
    }
    return bits;
  }

  @Override
  public int[][] infer(NodeContext node) {
    Value x = node.input(0);
    Axes.rank(node, x, x.rank());
    if (!node.input(1).constant()) {
      return new int[][] {null};
    }
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
    int axes = axes(node);
    long count = count(x, axes);
    InstructionBuilder instruction =
        emitter
            .instruction(Kernels.REDUCE)
            .in("x", x)
            .out("y", node.output(0))
            .i32("operation", operation.ordinal())
            .i32("axes", axes);
    boolean plain = !small(x) || x.quantization() == null || count == 0;
    switch (operation) {
      case SUM -> sum(instruction, node, plain && !small(x), count);
      case MEAN -> {
        if (small(x)) {
          mean(instruction, node, count);
        } else {
          form(instruction, PLAIN, 0, 0, 0, 0);
        }
      }
      case REDUCE_PROD -> {
        if (plain) {
          form(instruction, PLAIN, 0, 0, 0, 0);
        } else {
          product(instruction, node, count);
        }
      }
      default -> form(instruction, PLAIN, 0, 0, 0, 0);
    }
    instruction.emit();
  }

  private static void form(
      InstructionBuilder instruction, int form, int multiplier, int shift, int offset, int zero) {
    form(instruction, form, multiplier, shift, offset, zero, 0, 0);
  }

  private static void form(
      InstructionBuilder instruction,
      int form,
      int multiplier,
      int shift,
      int offset,
      int zero,
      float scale,
      float bias) {
    instruction
        .i32("form", form)
        .i32("multiplier", multiplier)
        .i32("shift", shift)
        .i32("offset", offset)
        .i32("y_zero", zero)
        .f32("scale", scale)
        .f32("bias", bias);
  }

  /** How many elements of x an element of y is made of. */
  private static long count(Value x, int axes) {
    long count = 1;
    for (int axis = 0; axis < x.rank(); axis++) {
      count *= (axes >> axis & 1) != 0 ? x.dim(axis) : 1;
    }
    return count;
  }

  private static float xScale(NodeContext node) {
    return node.input(0).quantization().scale();
  }

  private static float yScale(NodeContext node) {
    return node.output(0).quantization().scale();
  }

  private static int xZero(NodeContext node) {
    return node.input(0).quantization().zeroPoint();
  }

  private static int yZero(NodeContext node) {
    return node.output(0).quantization().zeroPoint();
  }

  private static void sum(
      InstructionBuilder instruction, NodeContext node, boolean plain, long count) {
    if (plain) {
      form(instruction, PLAIN, 0, 0, 0, 0);
      return;
    }
    float scale = xScale(node) / yScale(node);
    form(instruction, FLOAT, 0, 0, 0, yZero(node), scale, -xZero(node) * scale * count);
  }

  private void mean(InstructionBuilder instruction, NodeContext node, long count) {
    Value x = node.input(0);
    int[] axes = node.input(1).ints();
    boolean image =
        x.rank() == 4
            && x.type() != TensorType.INT16
            && (Arrays.equals(axes, new int[] {1, 2}) || Arrays.equals(axes, new int[] {2, 1}));
    if (count == 0) {
      form(instruction, FIXED, 0, 0, 0, 0);
    } else if (keepDims && image) {
      float zero = xZero(node) * xScale(node) / yScale(node);
      Multipliers factor = Multipliers.of(xScale(node) / (count * yScale(node)));
      form(
          instruction,
          FIXED,
          factor.multiplier()[0],
          factor.shift()[0],
          0,
          yZero(node) - (int) (zero > 0 ? zero + 0.5f : zero - 0.5f));
    } else {
      Multipliers factor = Multipliers.of((double) xScale(node) / yScale(node));
      int bits = 63 - Long.numberOfLeadingZeros(count);
      int shift = Math.min(Math.min(bits, 32), 31 + factor.shift()[0]);
      form(
          instruction,
          FIXED,
          (int) (((long) factor.multiplier()[0] << shift) / count),
          factor.shift()[0] - shift,
          (int) (-xZero(node) * count),
          yZero(node));
    }
  }

  /** Each factor brings {@code xs / ys^(1/count)}. */
  private static void product(InstructionBuilder instruction, NodeContext node, long count) {
    double factor = xScale(node) / StrictMath.pow(yScale(node), 1.0 / count);
    Multipliers fixed = Multipliers.of(factor);
    boolean tiny = Math.getExponent(factor) < -32;
    form(
        instruction,
        FIXED,
        tiny ? 0 : fixed.multiplier()[0],
        tiny ? 0 : Math.min(fixed.shift()[0], 14),
        -xZero(node),
        yZero(node));
  }

  /** Of int32 and int64, for arithmetic on shapes. */
  @Override
  public ByteBuffer fold(NodeContext node) {
    Value x = node.input(0);
    boolean wide = x.type() == TensorType.INT64;
    if (!wide && x.type() != TensorType.INT32) {
      return null;
    }
    int axes = axes(node);
    int elements = (int) x.elements();
    long[] results = new long[(int) node.output(0).elements()];
    long neutral =
        switch (operation) {
          case REDUCE_PROD -> 1;
          case REDUCE_MAX -> wide ? Long.MIN_VALUE : Integer.MIN_VALUE;
          case REDUCE_MIN -> wide ? Long.MAX_VALUE : Integer.MAX_VALUE;
          default -> 0;
        };
    Arrays.fill(results, neutral);
    ByteBuffer contents = x.contents();
    for (int i = 0; i < elements; i++) {
      int to = target(x, axes, i);
      long v = wide ? contents.getLong() : contents.getInt();
      results[to] =
          switch (operation) {
            case REDUCE_PROD -> results[to] * v;
            case REDUCE_MAX -> Math.max(results[to], v);
            case REDUCE_MIN -> Math.min(results[to], v);
            default -> results[to] + v;
          };
    }
    long count = operation == Operation.MEAN ? Math.max(1, count(x, axes)) : 1;
    ByteBuffer folded =
        ByteBuffer.allocate(results.length * x.type().bytes()).order(ByteOrder.LITTLE_ENDIAN);
    for (long result : results) {
      if (wide) {
        folded.putLong(result / count);
      } else {
        folded.putInt((int) (result / count));
      }
    }
    return folded.flip();
  }

  /** The element of y that element {@code i} of x belongs to. */
  private static int target(Value x, int axes, int i) {
    int to = 0;
    int stride = 1;
    for (int axis = x.rank() - 1; axis >= 0; axis--) {
      if ((axes >> axis & 1) == 0) {
        to += i % x.dim(axis) * stride;
        stride *= x.dim(axis);
      }
      i /= x.dim(axis);
    }
    return to;
  }

  @Override
  public boolean acceptsFlip() {
    return true;
  }
}

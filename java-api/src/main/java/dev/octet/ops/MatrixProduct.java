// SPDX-License-Identifier: Apache-2.0
package dev.octet.ops;

import dev.octet.Numerics;
import dev.octet.Quantization;
import dev.octet.TensorType;
import dev.octet.graph.NodeContext;
import dev.octet.graph.Value;
import dev.octet.program.Emitter;
import dev.octet.program.InstructionBuilder;
import dev.octet.program.Kernels;
import dev.octet.tflite.Activation;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * What FULLY_CONNECTED and BATCH_MATMUL become: {@code y[b,i,j] = f(bias[j] + sum over k of
 * x[b,i,k] * w[b,k,j])}, with x or w stored transposed when {@code adjX} or {@code adjY}. x is
 * input 0, w input 1, bias the optional input 2, y output 0. Which arithmetic it is follows from
 * the types ({@link Arithmetic}).
 *
 * @param asymmetric rows of x that are quantized at run time get a zero point
 */
record MatrixProduct(Activation activation, boolean adjX, boolean adjY, boolean asymmetric) {

  /** The ordinal is the code of the plain kernel. */
  enum Arithmetic {
    /** 8-bit with fast numerics. */
    FLOAT,
    /** 8-bit or int16 by 8-bit with sums of 32 bits. */
    HALF_UP,
    HALF_AWAY,
    /** int16 with sums of 64 bits and multipliers of 16. */
    WIDE,
    /** Sums of stored int8 numbers. */
    RAW,
    /** float32 by int8: x is quantized row by row. */
    REAL,
    F32,
    /** int16 by int8 with sums of 64 bits and float64 factors. */
    DOUBLE;

    boolean requantizes() {
      return ordinal() <= WIDE.ordinal() || this == DOUBLE;
    }
  }

  /** conv_i16's number for factors in float64. */
  private static final int FACTORS = 4;

  /** {@code exact}, or what fast numerics have in its place. */
  static Arithmetic of(NodeContext node, Emitter emitter, Arithmetic exact) {
    boolean bytes = node.input(0).type().bytes() == 1 && node.output(0).type().bytes() == 1;
    return bytes && emitter.numerics() == Numerics.FAST ? Arithmetic.FLOAT : exact;
  }

  private int n(Value w) {
    return w.dim(w.rank() - (adjY ? 2 : 1));
  }

  private int k(Value w) {
    return w.dim(w.rank() - (adjY ? 1 : 2));
  }

  /** True when w is one matrix known at compile time and so is the bias: they can be packed. */
  private boolean packable(NodeContext node) {
    Value w = node.input(1);
    long matrix = (long) n(w) * k(w);
    return w.constant()
        && !adjX
        && (!node.has(2) || node.input(2).constant())
        && matrix > 0
        && w.elements() == matrix;
  }

  /** Appends the instructions of an arithmetic. */
  void emit(NodeContext node, Emitter emitter, Arithmetic arithmetic) {
    Value w = node.input(1);
    boolean packed = packable(node) && !emitter.reference();
    boolean bytes = node.input(0).type().bytes() == 1 && node.output(0).type().bytes() == 1;
    if (arithmetic == Arithmetic.REAL) {
      QuantizedRows rows = quantizedRows(node, emitter);
      if (packed) {
        packed(node, emitter, arithmetic, rows);
      } else {
        plain(node, emitter, arithmetic, operand(node, emitter), rows);
      }
    } else if (packed && arithmetic == Arithmetic.F32) {
      packedFloat(node, emitter);
    } else if (packed && bytes && w.rank() == 2) {
      packed(node, emitter, arithmetic, null);
    } else if (packed && words(node, arithmetic)) {
      packedWords(node, emitter, arithmetic);
    } else if (arithmetic == Arithmetic.F32 && !emitter.reference()) {
      runTimeFloat(node, emitter);
    } else {
      plain(node, emitter, arithmetic, operand(node, emitter), null);
    }
  }

  /** The plain kernel with these weights in the place of input 1. */
  void emitPlain(NodeContext node, Emitter emitter, Arithmetic arithmetic, Emitter.Operand w) {
    plain(node, emitter, arithmetic, w, null);
  }

  private void packedFloat(NodeContext node, Emitter emitter) {
    Filter filter = filter(node.input(1));
    new Convolution(activation, 0, Form.HALF_UP)
        .packedFloat(
            node,
            emitter,
            Kernels.GEMM_F32,
            filter.key(),
            filter.contents(),
            entry -> entry.i32("n", filter.co()).i32("k", filter.ci()))
        .emit();
  }

  /** A convolution of 1x1. */
  private void packed(
      NodeContext node, Emitter emitter, Arithmetic arithmetic, QuantizedRows rows) {
    Form exact = arithmetic == Arithmetic.HALF_AWAY ? Form.HALF_AWAY : Form.HALF_UP;
    Window.POINT
        .emit(
            new Convolution(activation, 0, exact)
                .packed(node, emitter, filter(node.input(1)), rows, Phase.WHOLE),
            1,
            1,
            1,
            1)
        .emit();
  }

  /** One matrix as a filter of 1x1. */
  private Filter filter(Value w) {
    ByteBuffer contents = Filter.bytes(w);
    if (!adjY) {
      int bytes = w.type() == TensorType.FLOAT32 ? 4 : 1;
      contents = Convolution.transposed(contents, k(w), n(w), bytes);
    }
    return new Filter("", n(w), 1, 1, k(w), 1, contents);
  }

  /** True for int16 by weights of 8 bits, without zero points. */
  private static boolean words(NodeContext node, Arithmetic arithmetic) {
    Value w = node.input(1);
    return node.input(0).type() == TensorType.INT16
        && w.type() != TensorType.INT16
        && w.quantization().zeroPoint() == 0;
  }

  /** int16 by weights of 8 bits as a convolution of 1x1. */
  private void packedWords(NodeContext node, Emitter emitter, Arithmetic arithmetic) {
    Value w = node.input(1);
    Value y = node.output(0);
    OutputRange range = OutputRange.of(activation);
    boolean real = arithmetic == Arithmetic.DOUBLE;
    int weights =
        emitter.weights(
            "node " + node.node().index(),
            Kernels.CONV_I16,
            entry -> {
              Filter filter = filter(w);
              Multipliers m = multipliers(node, filter.co());
              filter
                  .dimensions(entry)
                  .i32("dilation_w", 1)
                  .i32("form", real ? FACTORS : arithmetic.ordinal())
                  .part(filter.contents())
                  .part(node.has(2) ? node.input(2).contents() : ByteBuffer.allocate(0));
              if (real) {
                entry.part(doubles(node, filter.co())).part(new int[0]);
              } else {
                entry.part(m.multiplier()).part(m.shift());
              }
            });
    InstructionBuilder instruction =
        emitter
            .instruction(Kernels.CONV_I16)
            .in("x", node.input(0))
            .weights("weights", weights)
            .out("y", y)
            .i32("y_min", range.min(y))
            .i32("y_max", range.max(y));
    Phase.WHOLE.set(Window.POINT.emit(instruction, 1, 1, 1, 1)).emit();
  }

  private void runTimeFloat(NodeContext node, Emitter emitter) {
    OutputRange range = OutputRange.of(activation);
    emitter
        .instruction(Kernels.MATMUL_F32)
        .in("x", node.input(0))
        .in("w", node.input(1))
        .in("bias", node.optional(2))
        .out("y", node.output(0))
        .i32("adj_x", adjX ? 1 : 0)
        .i32("adj_y", adjY ? 1 : 0)
        .f32("act_min", range.low())
        .f32("act_max", range.high())
        .emit();
  }

  private QuantizedRows quantizedRows(NodeContext node, Emitter emitter) {
    Value x = node.input(0);
    int k = k(node.input(1));
    int rows = k == 0 ? 0 : Math.toIntExact(x.elements() / k);
    if (!adjX) {
      return QuantizedRows.of(emitter, x, rows, !asymmetric);
    }
    int[] shape = x.shape().clone();
    shape[shape.length - 2] = x.dim(shape.length - 1);
    shape[shape.length - 1] = x.dim(shape.length - 2);
    return QuantizedRows.of(emitter, transposed(x, shape, emitter), shape, rows, !asymmetric);
  }

  /** A copy of x with its last two dimensions swapped. */
  private static Emitter.Operand transposed(Value x, int[] shape, Emitter emitter) {
    Emitter.Operand copy = emitter.temporary(TensorType.FLOAT32, false, shape);
    int rows = shape[shape.length - 2];
    int columns = shape[shape.length - 1];
    int matrix = rows * columns;
    int batches = matrix == 0 ? 0 : Math.toIntExact(x.elements() / matrix);
    InstructionBuilder instruction =
        emitter
            .instruction(Kernels.COPY_STRIDED)
            .in("x", x)
            .out("y", copy)
            .in("table", (Value) null)
            .i32("x_offset", 0)
            .i32("y_offset", 0);
    int[] dims = {batches, rows, columns};
    int[] from = {matrix, 1, rows};
    int[] to = {matrix, columns, 1};
    for (int i = 0; i < 10; i++) {
      boolean used = i < dims.length;
      instruction
          .i32("dim_" + i, used ? dims[i] : 1)
          .i32("x_stride_" + i, used ? from[i] : 0)
          .i32("y_stride_" + i, used ? to[i] : 0);
    }
    instruction.emit();
    return copy;
  }

  /**
   * The kernel for two values, the plain or the fast one.
   *
   * @param w constant weights in a form that the kernel takes, or null for input 1
   * @param rows x quantized, or null for input 0
   */
  private void plain(
      NodeContext node,
      Emitter emitter,
      Arithmetic arithmetic,
      Emitter.Operand w,
      QuantizedRows rows) {
    Value x = node.input(0);
    Value y = node.output(0);
    OutputRange range = OutputRange.of(activation);
    InstructionBuilder instruction =
        emitter.instruction(
            emitter.reference() || !bytes(node, arithmetic)
                ? Kernels.BATCH_MATMUL
                : Kernels.MATMUL_I8);
    in(instruction, "w", w, node.input(1));
    if (rows == null) {
      instruction.in("x", x).in("x_scale", (Value) null).in("x_zeros", (Value) null);
    } else {
      rows.scales(instruction.in("x", rows.x()));
    }
    instruction
        .in("bias", node.optional(2))
        .out("y", y)
        .i32("adj_x", adjX && rows == null ? 1 : 0)
        .i32("adj_y", adjY ? 1 : 0)
        .i32("form", arithmetic.ordinal())
        .f32("act_min", range.low())
        .f32("act_max", range.high());
    boolean requantizes = arithmetic.requantizes();
    boolean fixed =
        requantizes && arithmetic != Arithmetic.FLOAT && arithmetic != Arithmetic.DOUBLE;
    Multipliers m = requantizes || arithmetic == Arithmetic.REAL ? factors(node, arithmetic) : null;
    in(instruction, "multiplier", fixed ? ints(node, emitter, "multiplier", m) : null, null);
    in(instruction, "shift", fixed ? ints(node, emitter, "shift", m) : null, null);
    if (arithmetic == Arithmetic.DOUBLE) {
      int columns = node.input(1).quantization().size();
      instruction.in(
          "scale",
          emitter.constant(
              node.node().index() + " factors",
              TensorType.FLOAT64,
              new int[] {columns},
              doubles(node, columns)));
    } else {
      in(instruction, "scale", m != null && !fixed ? scale(node, emitter, m) : null, null);
    }
    instruction
        .i32("x_zero", requantizes ? zero(x) : 0)
        .i32("w_zero", requantizes ? zero(node.input(1)) : 0)
        .i32("y_zero", requantizes ? zero(y) : 0)
        .i32("y_min", requantizes ? range.min(y) : 0)
        .i32("y_max", requantizes ? range.max(y) : 0)
        .emit();
  }

  /** True where x and w have 8 bits and the sums 32: what the fast kernel takes. */
  private boolean bytes(NodeContext node, Arithmetic arithmetic) {
    int k = k(node.input(1));
    boolean sizes = k > 0 && k <= 1 << 20;
    return switch (arithmetic) {
      case RAW, REAL -> sizes;
      case FLOAT, HALF_UP, HALF_AWAY ->
          sizes && node.input(0).type().bytes() == 1 && node.output(0).type().bytes() == 1;
      default -> false;
    };
  }

  private static void in(
      InstructionBuilder instruction, String field, Emitter.Operand operand, Value otherwise) {
    if (operand == null) {
      instruction.in(field, otherwise);
    } else {
      instruction.in(field, operand);
    }
  }

  private static int zero(Value value) {
    return value.quantization().zeroPoint();
  }

  /** Factors of the plain kernel, one or one a column: of the sums, or of the columns alone. */
  private Multipliers factors(NodeContext node, Arithmetic arithmetic) {
    Quantization w = node.input(1).quantization();
    if (arithmetic != Arithmetic.REAL) {
      return multipliers(node, w.size());
    }
    double[] scales = new double[w.size()];
    for (int c = 0; c < scales.length; c++) {
      scales[c] = w.scale(c);
    }
    return Multipliers.of(scales);
  }

  /** One multiplier for all columns comes from the product of two scales in float32. */
  private static Multipliers multipliers(NodeContext node, int columns) {
    Quantization w = node.input(1).quantization();
    return Multipliers.of(
        node.input(0).quantization().scale(),
        w,
        node.output(0).quantization().scale(),
        columns,
        !w.perAxis());
  }

  /** Constant weights that the plain kernel takes only unpacked or as int8; null for others. */
  private Emitter.Operand operand(NodeContext node, Emitter emitter) {
    Value w = node.input(1);
    boolean hybrid = node.input(0).type() == TensorType.FLOAT32;
    if (w.type() != TensorType.INT4 && !(hybrid && w.type() == TensorType.UINT8)) {
      return null;
    }
    return emitter.constant(
        node.node().index() + " weights", TensorType.INT8, w.shape(), Filter.bytes(w));
  }

  private static Emitter.Operand ints(
      NodeContext node, Emitter emitter, String role, Multipliers m) {
    int[] data = role.equals("shift") ? m.shift() : m.multiplier();
    ByteBuffer bytes = ByteBuffer.allocate(4 * data.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asIntBuffer().put(data);
    return emitter.constant(
        node.node().index() + " " + role, TensorType.INT32, new int[] {data.length}, bytes);
  }

  private static Emitter.Operand scale(NodeContext node, Emitter emitter, Multipliers m) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * m.scale().length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(m.scale());
    return emitter.constant(
        node.node().index() + " scale", TensorType.FLOAT32, new int[] {m.scale().length}, bytes);
  }

  /** Factors of sums in float64, for {@code columns} columns. */
  private static ByteBuffer doubles(NodeContext node, int columns) {
    Quantization w = node.input(1).quantization();
    ByteBuffer bytes = ByteBuffer.allocate(8 * columns).order(ByteOrder.LITTLE_ENDIAN);
    for (int c = 0; c < columns; c++) {
      double product = (double) node.input(0).quantization().scale() * w.scale(c);
      bytes.putDouble(product / node.output(0).quantization().scale());
    }
    return bytes.flip();
  }
}

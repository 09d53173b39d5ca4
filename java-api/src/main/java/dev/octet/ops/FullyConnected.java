// SPDX-License-Identifier: Apache-2.0
package dev.octet.ops;

import dev.octet.TensorType;
import dev.octet.graph.Node;
import dev.octet.graph.NodeContext;
import dev.octet.graph.Value;
import dev.octet.program.Emitter;
import dev.octet.program.Kernels;
import dev.octet.tflite.Activation;
import dev.octet.tflite.BuiltinOperator;
import dev.octet.tflite.TfliteOperator;
import dev.octet.tflite.WeightsFormat;
import java.nio.ByteBuffer;

/**
 * {@code y[m,n] = f(bias[n] + sum over k of x[m,k] * w[n,k])}; w is [n,k], x any shape whose
 * elements are a multiple of k. y is [m,n], or x's shape with its last dimension n when {@code
 * keepDims}. x, w and y may be
 *
 * <ul>
 *   <li>float32, all three, w constant or not;
 *   <li>int8, int8 or int4 (per tensor or per row of w), int8; uint8, all three; the bias int32;
 *   <li>uint8, uint8, int16; also with shuffled weights;
 *   <li>int16, int8 or int4 (per tensor or per row), int16; the bias int32 (sums of 32 bits) or
 *       int64 (sums of 64 bits, float64 factors);
 *   <li>float32, int8, uint8 or int4 (per tensor, per row or in blocks), float32: each row of x is
 *       quantized to int8 when it is known. The bytes of uint8 weights are those of int8.
 * </ul>
 */
record FullyConnected(
    boolean keepDims, WeightsFormat format, Activation activation, boolean asymmetric)
    implements Op {
  static final OpSpec SPEC =
      new OpSpec(
          BuiltinOperator.FULLY_CONNECTED,
          13,
          "f32 f16w i8 i8pc i4w u8 i16x8 i16x8/i64 hybrid",
          FullyConnected::read);

  private static FullyConnected read(TfliteOperator operator) {
    return new FullyConnected(
        operator.options().bool("keep_num_dims"),
        operator.options().enumeration("weights_format", WeightsFormat.class),
        operator.options().enumeration("fused_activation_function", Activation.class),
        operator.options().bool("asymmetric_quantize_inputs"));
  }

  @Override
  public String name() {
    return "FULLY_CONNECTED";
  }

  @Override
  public void check(NodeContext node) {
    OutputRange.check(node, activation);
    if (shuffled()) {
      checkShuffled(node);
      return;
    }
    node.arity(2, 3, 1);
    Value x = node.input(0);
    node.type(x, TensorType.FLOAT32, TensorType.INT8, TensorType.UINT8, TensorType.INT16);
    if (x.type() == TensorType.FLOAT32) {
      checkFloat(node);
    } else {
      checkQuantized(node);
    }
  }

  private boolean shuffled() {
    return format == WeightsFormat.SHUFFLED4X16INT8;
  }

  /** The second output is memory for TensorFlow Lite's kernel, and stays undefined here. */
  private static void checkShuffled(NodeContext node) {
    node.arity(3, 3, 2);
    node.type(node.input(0), TensorType.UINT8);
    node.type(node.input(1), TensorType.UINT8);
    node.type(node.input(2), TensorType.INT32);
    node.type(node.output(0), TensorType.INT16);
    for (int i = 0; i < 2; i++) {
      node.perTensor(node.input(i));
      node.require(
          node.input(i).quantization().zeroPoint() == 128, node.input(i), "zero point is not 128");
    }
    node.perTensor(node.output(0));
    node.require(
        node.output(0).quantization().zeroPoint() == 0, node.output(0), "int16 has a zero point");
    node.require(node.input(1).constant(), node.input(1), "is not constant");
    Value workspace = node.output(1);
    boolean read = node.graph().isInputOrOutput(workspace.id());
    for (Node other : node.graph().nodes()) {
      for (int input : other.inputs()) {
        read |= input == workspace.id();
      }
    }
    node.require(!read, workspace, "is the kernel's own memory and cannot be read");
  }

  private static void checkFloat(NodeContext node) {
    Value w = node.input(1);
    node.type(w, TensorType.FLOAT32, TensorType.INT8, TensorType.UINT8, TensorType.INT4);
    node.type(node.output(0), TensorType.FLOAT32);
    if (node.has(2)) {
      node.type(node.input(2), TensorType.FLOAT32);
    }
    if (w.type() != TensorType.FLOAT32) {
      node.require(w.constant() || w.type() == TensorType.INT8, w, "is not constant");
      if (w.blocks() == null) {
        checkRows(node, w);
      } else {
        checkBlocks(node, w);
      }
    }
  }

  private static void checkQuantized(NodeContext node) {
    Value x = node.input(0);
    Value w = node.input(1);
    Value y = node.output(0);
    switch (x.type()) {
      case UINT8 -> {
        node.type(w, TensorType.UINT8);
        node.type(y, TensorType.UINT8, TensorType.INT16);
      }
      case INT8 -> {
        node.type(w, TensorType.INT8, TensorType.INT4);
        node.type(y, TensorType.INT8);
      }
      default -> {
        node.type(w, TensorType.INT8, TensorType.INT4);
        node.type(y, TensorType.INT16);
      }
    }
    boolean words = x.type() == TensorType.INT16;
    if (node.has(2) && words) {
      node.type(node.input(2), TensorType.INT32, TensorType.INT64);
    } else if (node.has(2)) {
      node.type(node.input(2), TensorType.INT32);
    }
    node.perTensor(x);
    node.perTensor(y);
    node.require(w.constant() || w.type() != TensorType.INT4, w, "is not constant");
    checkRows(node, w);
    if (x.type() == TensorType.UINT8) {
      node.perTensor(w);
    }
    if (words) {
      node.require(x.quantization().zeroPoint() == 0, x, "int16 has a zero point");
    }
    if (y.type() == TensorType.INT16) {
      node.require(y.quantization().zeroPoint() == 0, y, "int16 has a zero point");
    }
  }

  /** Weights have a scale for each block of a row. */
  private static void checkBlocks(NodeContext node, Value w) {
    node.type(w, TensorType.INT4);
    node.rank(w, 2);
    int size = w.blocks().size();
    node.require(
        w.dim(1) > 0 && w.dim(1) % size == 0, w, "rows are not a multiple of blocks of " + size);
    node.require(
        w.blocks().scales().length == (long) w.dim(0) * (w.dim(1) / size),
        w,
        "does not have a scale for each block");
    node.require(
        !node.has(2) || node.input(2).constant(),
        node.optional(2),
        "the bias of weights in blocks is not constant");
  }

  /** Weights are quantized per tensor or, without zero points, per row. */
  private static void checkRows(NodeContext node, Value w) {
    node.require(w.quantization() != null, w, "has no quantization parameters");
    if (!w.quantization().perAxis() && w.type() != TensorType.INT4) {
      return;
    }
    node.require(
        w.quantization().dimension() == 0,
        w,
        "is quantized along axis " + w.quantization().dimension() + ", not 0");
    for (int c = 0; c < w.quantization().size(); c++) {
      node.require(w.quantization().zeroPoint(c) == 0, w, "has a zero point that is not 0");
    }
  }

  @Override
  public int[][] infer(NodeContext node) {
    Value x = node.input(0);
    Value w = node.input(1);
    node.rank(w, 2);
    int n = w.dim(0);
    int k = w.dim(1);
    node.require(
        k > 0 && x.elements() % k == 0, x, "elements are not a multiple of the weights' " + k);
    if (node.has(2)) {
      node.require(
          node.input(2).elements() == n, node.input(2), "does not have " + n + " elements");
    }
    if (w.quantization() != null && w.quantization().perAxis()) {
      node.require(w.quantization().size() == n, w, "does not have a scale a row");
    }
    if (shuffled()) {
      node.require(n % 4 == 0 && k % 16 == 0, w, "shuffled weights are not 4 x 16 blocks");
      return new int[][] {{(int) (x.elements() / k), n}, node.output(1).shape()};
    }
    if (keepDims) {
      node.require(
          x.rank() > 0 && x.dim(x.rank() - 1) == k, x, "last dimension is not the weights' " + k);
      int[] shape = x.shape().clone();
      shape[shape.length - 1] = n;
      return new int[][] {shape};
    }
    return new int[][] {{(int) (x.elements() / k), n}};
  }

  @Override
  public boolean decides(NodeContext node, int i) {
    return false;
  }

  @Override
  public void emit(NodeContext node, Emitter emitter) {
    MatrixProduct product =
        new MatrixProduct(activation, false, true, asymmetric && !symmetric(node));
    if (node.input(1).blocks() != null) {
      emitBlocks(node, emitter);
    } else if (shuffled()) {
      product.emitPlain(node, emitter, MatrixProduct.Arithmetic.HALF_AWAY, rows(node, emitter));
    } else {
      product.emit(node, emitter, MatrixProduct.of(node, emitter, exact(node)));
    }
  }

  /** Rows of x are always quantized with a zero point where weights have scales for blocks. */
  private void emitBlocks(NodeContext node, Emitter emitter) {
    Value x = node.input(0);
    Value w = node.input(1);
    OutputRange range = OutputRange.of(activation);
    int weights =
        emitter.weights(
            "node " + node.node().index(),
            Kernels.GEMM_I4,
            entry ->
                entry
                    .i32("n", w.dim(0))
                    .i32("k", w.dim(1))
                    .i32("size", w.blocks().size())
                    .part(Filter.bytes(w))
                    .part(w.blocks().scales())
                    .part(node.has(2) ? node.input(2).contents() : ByteBuffer.allocate(0)));
    QuantizedRows rows = QuantizedRows.of(emitter, x, (int) (x.elements() / w.dim(1)), false);
    rows.scales(emitter.instruction(Kernels.GEMM_I4).in("x", rows.x()))
        .weights("weights", weights)
        .out("y", node.output(0))
        .f32("act_min", range.low())
        .f32("act_max", range.high())
        .emit();
  }

  /** Shuffled weights are stored four rows by 16 columns at a time, row by row, xor 0x80. */
  private static Emitter.Operand rows(NodeContext node, Emitter emitter) {
    Value w = node.input(1);
    int k = w.dim(1);
    ByteBuffer stored = w.contents();
    ByteBuffer rows = ByteBuffer.allocate(stored.capacity());
    for (int i = 0; i < rows.capacity(); i++) {
      int block = i / 64;
      int row = block / (k / 16) * 4 + i / 16 % 4;
      int column = block % (k / 16) * 16 + i % 16;
      rows.put(row * k + column, (byte) (stored.get(i) ^ 0x80));
    }
    return emitter.constant(node.node().index() + " weights", TensorType.UINT8, w.shape(), rows);
  }

  private static MatrixProduct.Arithmetic exact(NodeContext node) {
    Value x = node.input(0);
    return switch (x.type()) {
      case FLOAT32 ->
          node.input(1).type() == TensorType.FLOAT32
              ? MatrixProduct.Arithmetic.F32
              : MatrixProduct.Arithmetic.REAL;
      case UINT8 -> MatrixProduct.Arithmetic.HALF_AWAY;
      case INT16 -> {
        boolean wide = node.has(2) && node.input(2).type() == TensorType.INT64;
        yield wide ? MatrixProduct.Arithmetic.DOUBLE : MatrixProduct.Arithmetic.HALF_UP;
      }
      // TensorFlow Lite has another kernel for sparse weights
      default ->
          node.input(1).sparse()
              ? MatrixProduct.Arithmetic.HALF_AWAY
              : MatrixProduct.Arithmetic.HALF_UP;
    };
  }

  /** TensorFlow Lite's kernel for int4 weights of these sizes takes no notice of the option. */
  private static boolean symmetric(NodeContext node) {
    Value w = node.input(1);
    return w.type() == TensorType.INT4 && w.dim(0) >= 4 && w.dim(1) >= 32 && w.dim(1) % 2 == 0;
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

// SPDX-License-Identifier: Apache-2.0
package dev.octet.ops;

import dev.octet.TensorType;
import dev.octet.graph.NodeContext;
import dev.octet.graph.Value;
import dev.octet.program.Emitter;
import dev.octet.tflite.Activation;
import dev.octet.tflite.BuiltinOperator;
import dev.octet.tflite.TfliteOperator;

/**
 * {@code y[...,i,j] = sum over k of x[...,i,k] * w[...,k,j]}, where the leading dimensions of x and
 * w broadcast; x is stored [...,k,i] when {@code adjX}, w [...,j,k] when {@code adjY}. x, w and y
 * may be
 *
 * <ul>
 *   <li>float32, all three;
 *   <li>int8, all three, per tensor; or int8, int8, int32, the sums of the stored numbers;
 *   <li>int16, all three, without zero points; sums of 64 bits, multipliers of 16;
 *   <li>int16, int8 (constant, per tensor or per column, without zero points), int16, which
 *       TensorFlow Lite refuses;
 *   <li>float32, int8 (per tensor or per column), float32: each row of x is quantized to int8 when
 *       it is known.
 * </ul>
 */
record BatchMatmul(boolean adjX, boolean adjY, boolean asymmetric) implements Op {
  static final OpSpec SPEC =
      new OpSpec(BuiltinOperator.BATCH_MATMUL, 4, "f32 i8 i16 i16x8 hybrid", BatchMatmul::read);

  private static BatchMatmul read(TfliteOperator operator) {
    return new BatchMatmul(
        operator.options().bool("adj_x"),
        operator.options().bool("adj_y"),
        operator.options().bool("asymmetric_quantize_inputs"));
  }

  @Override
  public String name() {
    return "BATCH_MATMUL";
  }

  @Override
  public void check(NodeContext node) {
    node.arity(2, 2, 1);
    Value x = node.input(0);
    Value w = node.input(1);
    Value y = node.output(0);
    node.type(x, TensorType.FLOAT32, TensorType.INT8, TensorType.INT16);
    switch (x.type()) {
      case FLOAT32 -> {
        node.type(w, TensorType.FLOAT32, TensorType.INT8);
        node.type(y, TensorType.FLOAT32);
        if (w.type() == TensorType.INT8) {
          checkColumns(node, w);
        }
      }
      case INT8 -> {
        node.type(w, TensorType.INT8);
        node.type(y, TensorType.INT8, TensorType.INT32);
        if (y.type() == TensorType.INT8) {
          node.perTensor(x);
          node.perTensor(w);
          node.perTensor(y);
        }
      }
      default -> {
        node.type(w, TensorType.INT16, TensorType.INT8);
        node.type(y, TensorType.INT16);
        node.perTensor(x);
        node.perTensor(y);
        node.require(x.quantization().zeroPoint() == 0, x, "int16 has a zero point");
        node.require(y.quantization().zeroPoint() == 0, y, "int16 has a zero point");
        if (w.type() == TensorType.INT16) {
          node.perTensor(w);
          node.require(w.quantization().zeroPoint() == 0, w, "int16 has a zero point");
          float factor =
              x.quantization().scale() * w.quantization().scale() / y.quantization().scale();
          node.require(factor < 1 << 14, y, "factor " + factor + " is too large");
        } else {
          checkColumns(node, w);
        }
      }
    }
  }

  private void checkColumns(NodeContext node, Value w) {
    node.require(w.quantization() != null, w, "has no quantization parameters");
    if (!w.quantization().perAxis()) {
      return;
    }
    node.require(
        w.quantization().dimension() == w.rank() - (adjY ? 2 : 1),
        w,
        "is quantized along axis " + w.quantization().dimension() + ", not that of its columns");
    for (int c = 0; c < w.quantization().size(); c++) {
      node.require(w.quantization().zeroPoint(c) == 0, w, "has a zero point that is not 0");
    }
  }

  @Override
  public int[][] infer(NodeContext node) {
    Value x = node.input(0);
    Value w = node.input(1);
    node.require(x.rank() >= 2, x, "is no matrix");
    node.require(w.rank() >= 2, w, "is no matrix");
    int rank = Math.max(x.rank(), w.rank());
    node.require(rank <= 8, rank == x.rank() ? x : w, "has more than 8 dimensions");
    int k = x.dim(x.rank() - (adjX ? 2 : 1));
    node.require(
        w.dim(w.rank() - (adjY ? 1 : 2)) == k,
        w,
        "does not have the " + k + " rows of x's columns");
    int[] shape = new int[rank];
    for (int axis = 0; axis < rank - 2; axis++) {
      int a = axis - (rank - x.rank());
      int b = axis - (rank - w.rank());
      int dimX = a < 0 ? 1 : x.dim(a);
      int dimW = b < 0 ? 1 : w.dim(b);
      node.require(
          dimX == dimW || dimX == 1 || dimW == 1, w, "does not broadcast with x along " + axis);
      shape[axis] = dimX == 1 ? dimW : dimX;
    }
    shape[rank - 2] = x.dim(x.rank() - (adjX ? 1 : 2));
    shape[rank - 1] = w.dim(w.rank() - (adjY ? 2 : 1));
    if (w.quantization() != null && w.quantization().perAxis()) {
      node.require(
          w.quantization().size() == shape[rank - 1], w, "does not have a scale for each column");
    }
    return new int[][] {shape};
  }

  @Override
  public void emit(NodeContext node, Emitter emitter) {
    new MatrixProduct(Activation.NONE, adjX, adjY, asymmetric)
        .emit(node, emitter, MatrixProduct.of(node, emitter, exact(node)));
  }

  private static MatrixProduct.Arithmetic exact(NodeContext node) {
    boolean bytes = node.input(1).type() == TensorType.INT8;
    return switch (node.input(0).type()) {
      case FLOAT32 -> bytes ? MatrixProduct.Arithmetic.REAL : MatrixProduct.Arithmetic.F32;
      case INT8 ->
          node.output(0).type() == TensorType.INT32
              ? MatrixProduct.Arithmetic.RAW
              : MatrixProduct.Arithmetic.HALF_UP;
      default -> bytes ? MatrixProduct.Arithmetic.HALF_UP : MatrixProduct.Arithmetic.WIDE;
    };
  }

  @Override
  public long macs(NodeContext node) {
    Value x = node.input(0);
    return node.output(0).elements() * x.dim(x.rank() - (adjX ? 2 : 1));
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

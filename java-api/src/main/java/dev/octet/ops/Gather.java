// SPDX-License-Identifier: Apache-2.0
package dev.octet.ops;

import dev.octet.TensorType;
import dev.octet.graph.NodeContext;
import dev.octet.graph.Value;
import dev.octet.program.Emitter;
import dev.octet.program.HostCall;
import dev.octet.program.Kernels;
import dev.octet.tflite.BuiltinOperator;
import dev.octet.tflite.Table;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * {@code y[b.., o.., i.., r..] = x[b.., o.., indices[b.., i..], r..]}: the first {@code batchDims}
 * axes b are shared, o are those up to {@code axis}, r those behind it. Negative axes count from
 * the end of x, negative {@code batchDims} from the end of indices; an index that is negative or
 * not less than the axis ends the run. x and y are of one type and share their quantization;
 * indices int16, int32, int64. Of strings x has rank 1.
 */
record Gather(int axis, int batchDims) implements Op {
  private static final String TYPES = "f32 f16 bf16 i4 i8 u8 i16 i32 i64 bool str";
  static final OpSpec SPEC = new OpSpec(BuiltinOperator.GATHER, 7, TYPES, o -> of(o.options()));

  private static Gather of(Table options) {
    return new Gather(options.integer("axis"), options.integer("batch_dims"));
  }

  @Override
  public String name() {
    return "GATHER";
  }

  @Override
  public void check(NodeContext node) {
    node.arity(2, 2, 1);
    Value x = node.input(0);
    node.type(x, Parameters.types(TYPES));
    node.type(node.input(1), TensorType.INT16, TensorType.INT32, TensorType.INT64);
    node.type(node.output(0), x.type());
  }

  private int axis(NodeContext node) {
    return Axes.of(node, node.input(0), axis, node.input(0).rank());
  }

  private int batch(NodeContext node, int axis) {
    Value indices = node.input(1);
    long batch = batchDims < 0 ? (long) batchDims + indices.rank() : batchDims;
    node.require(
        batch >= 0 && batch <= axis && batch <= indices.rank(),
        indices,
        "batch_dims " + batchDims + " is out of range");
    return (int) batch;
  }

  @Override
  public int[][] infer(NodeContext node) {
    Value x = node.input(0);
    Value indices = node.input(1);
    node.require(x.type() != TensorType.STRING || x.rank() == 1, x, "has strings and not rank 1");
    int axis = axis(node);
    int batch = batch(node, axis);
    for (int i = 0; i < batch; i++) {
      node.require(x.dim(i) == indices.dim(i), indices, "batch dimension " + i + " differs");
    }
    int[] shape = new int[x.rank() + indices.rank() - 1 - batch];
    Axes.rank(node, node.output(0), shape.length);
    int count = 0;
    for (int i = 0; i < axis; i++) {
      shape[count++] = x.dim(i);
    }
    for (int i = batch; i < indices.rank(); i++) {
      shape[count++] = indices.dim(i);
    }
    for (int i = axis + 1; i < x.rank(); i++) {
      shape[count++] = x.dim(i);
    }
    return new int[][] {shape};
  }

  @Override
  public void emit(NodeContext node, Emitter emitter) {
    if (node.input(0).type().bytes() == 0) {
      emitter.host(node, new GatherHosted(this, this::sources));
      return;
    }
    int axis = axis(node);
    emitter
        .instruction(Kernels.GATHER)
        .in("x", node.input(0))
        .in("indices", node.input(1))
        .out("y", node.output(0))
        .i32("axis", axis)
        .i32("batch_dims", batch(node, axis))
        .emit();
  }

  private int[] sources(HostCall call) {
    NodeContext node = call.node();
    Value x = node.input(0);
    int axis = axis(node);
    int batch = batch(node, axis);
    int length = x.dim(axis);
    int[] shape = x.shape();
    int batches = Axes.product(shape, 0, batch);
    int outer = Axes.product(shape, batch, axis);
    int inner = Axes.product(shape, axis + 1, shape.length);
    int[] picks = Axes.indices(call, call.input(1), length);
    int count = batches == 0 ? 0 : picks.length / batches;
    int[] from = new int[(int) node.output(0).elements()];
    for (int i = 0; i < from.length; i++) {
      int row = i / inner;
      int group = row / count;
      int pick = picks[group / outer * count + row % count];
      from[i] = (group * length + pick) * inner + i % inner;
    }
    return from;
  }

  /** Shape arithmetic picks dimensions by number. */
  @Override
  public ByteBuffer fold(NodeContext node) {
    Value x = node.input(0);
    Value indices = node.input(1);
    if (x.rank() != 1 || x.type().bytes() == 0 || batch(node, axis(node)) != 0) {
      return null;
    }
    int size = x.type().bytes();
    int count = (int) indices.elements();
    ByteBuffer from = x.contents();
    ByteBuffer in = indices.contents();
    ByteBuffer y = ByteBuffer.allocate(count * size).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < count; i++) {
      long index =
          switch (indices.type()) {
            case INT16 -> in.getShort(2 * i);
            case INT64 -> in.getLong(8 * i);
            default -> in.getInt(4 * i);
          };
      if (index < 0 || index >= x.dim(0)) {
        return null; // the run says so
      }
      y.put(i * size, from, (int) index * size, size);
    }
    return y;
  }
}

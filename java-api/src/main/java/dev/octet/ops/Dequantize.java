// SPDX-License-Identifier: Apache-2.0
package dev.octet.ops;

import dev.octet.Quantization;
import dev.octet.TensorType;
import dev.octet.graph.NodeContext;
import dev.octet.graph.Value;
import dev.octet.program.Emitter;
import dev.octet.program.Kernels;
import dev.octet.tflite.BuiltinOperator;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * {@code y = scale * (x - zeroPoint)} in float32, from int8, uint8 or int16, or the same number
 * from float16. Constants, also with scales per axis, are computed at compile time.
 */
record Dequantize() implements Op {
  static final OpSpec SPEC =
      new OpSpec(BuiltinOperator.DEQUANTIZE, 6, "i8 u8 i16", o -> new Dequantize());

  @Override
  public String name() {
    return "DEQUANTIZE";
  }

  @Override
  public void check(NodeContext node) {
    node.arity(1, 1, 1);
    Value x = node.input(0);
    node.type(x, TensorType.INT8, TensorType.UINT8, TensorType.INT16, TensorType.FLOAT16);
    node.type(node.output(0), TensorType.FLOAT32);
    if (x.type() != TensorType.FLOAT16) {
      node.require(x.quantization() != null, x, "has no quantization parameters");
      node.require(
          x.constant() || !x.quantization().perAxis(), x, "per-axis scales need a constant");
    }
  }

  @Override
  public int[][] infer(NodeContext node) {
    return new int[][] {node.input(0).shape()};
  }

  @Override
  public void emit(NodeContext node, Emitter emitter) {
    Value x = node.input(0);
    Quantization q = x.quantization();
    boolean half = x.type() == TensorType.FLOAT16;
    emitter
        .instruction(Kernels.DEQUANTIZE)
        .in("x", x)
        .out("y", node.output(0))
        .f32("scale", half ? 1 : q.scale())
        .i32("zero", half ? 0 : q.zeroPoint())
        .emit();
  }

  @Override
  public ByteBuffer fold(NodeContext node) {
    Value x = node.input(0);
    ByteBuffer in = x.contents();
    int count = (int) x.elements();
    ByteBuffer out = ByteBuffer.allocate(4 * count).order(ByteOrder.LITTLE_ENDIAN);
    Quantization q = x.quantization();
    int inner = 1;
    if (q != null) {
      for (int axis = q.dimension() + 1; axis < x.rank(); axis++) {
        inner *= x.dim(axis);
      }
    }
    for (int i = 0; i < count; i++) {
      if (x.type() == TensorType.FLOAT16) {
        out.putFloat(HalfFloat.toFloat(in.getShort()));
      } else {
        int c = q.perAxis() ? i / inner % q.size() : 0;
        int raw =
            switch (x.type()) {
              case INT16 -> in.getShort();
              case UINT8 -> in.get() & 0xff;
              default -> in.get();
            };
        out.putFloat((float) ((double) q.scale(c) * (raw - q.zeroPoint(c))));
      }
    }
    return out.flip();
  }

  @Override
  public boolean acceptsFlip() {
    return true;
  }
}

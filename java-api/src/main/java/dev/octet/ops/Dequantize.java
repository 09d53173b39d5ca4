// SPDX-License-Identifier: Apache-2.0
package dev.octet.ops;

import dev.octet.Quantization;
import dev.octet.TensorType;
import dev.octet.graph.NodeContext;
import dev.octet.graph.Value;
import dev.octet.program.Emitter;
import dev.octet.program.InstructionBuilder;
import dev.octet.program.Kernels;
import dev.octet.tflite.BuiltinOperator;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * {@code y = scale * (x - zeroPoint)} in float32, from int8, uint8 or int16, the first two also
 * with a scale for each index of an axis, or the same number from float16. Constants are computed
 * at compile time; int4 is taken as a constant only.
 */
record Dequantize() implements Op {
  static final OpSpec SPEC =
      new OpSpec(BuiltinOperator.DEQUANTIZE, 9, "i4 i8 i8pc u8 i16 f16", o -> new Dequantize());

  @Override
  public String name() {
    return "DEQUANTIZE";
  }

  @Override
  public void check(NodeContext node) {
    node.arity(1, 1, 1);
    Value x = node.input(0);
    node.type(
        x,
        TensorType.INT4,
        TensorType.INT8,
        TensorType.UINT8,
        TensorType.INT16,
        TensorType.FLOAT16);
    node.type(node.output(0), TensorType.FLOAT32);
    node.require(x.type() != TensorType.INT4 || x.constant(), x, "int4 is not constant");
    if (x.type() != TensorType.FLOAT16) {
      node.require(x.quantization() != null, x, "has no quantization parameters");
      node.require(
          !x.quantization().perAxis() || x.type() != TensorType.INT16,
          x,
          "int16 is quantized per axis, not per tensor");
    }
  }

  @Override
  public int[][] infer(NodeContext node) {
    Value x = node.input(0);
    if (x.type() != TensorType.FLOAT16) {
      AxisFields.check(node, x, x);
    }
    return new int[][] {x.shape()};
  }

  @Override
  public void emit(NodeContext node, Emitter emitter) {
    Value x = node.input(0);
    boolean half = x.type() == TensorType.FLOAT16;
    Quantization q = half ? null : x.quantization();
    InstructionBuilder instruction =
        emitter
            .instruction(Kernels.DEQUANTIZE)
            .in("x", x)
            .out("y", node.output(0))
            .f32("scale", half ? 1 : q.scale())
            .i32("zero", half ? 0 : q.zeroPoint());
    AxisFields.put(node, emitter, instruction, q);
    instruction.emit();
  }

  @Override
  public ByteBuffer fold(NodeContext node) {
    Value x = node.input(0);
    ByteBuffer in = x.contents();
    int count = (int) x.elements();
    ByteBuffer out = ByteBuffer.allocate(4 * count).order(ByteOrder.LITTLE_ENDIAN);
    boolean half = x.type() == TensorType.FLOAT16;
    Quantization q = half ? null : x.quantization();
    int inner = 1;
    for (int axis = half ? x.rank() : q.dimension() + 1; axis < x.rank(); axis++) {
      inner *= x.dim(axis);
    }
    for (int i = 0; i < count; i++) {
      if (half) {
        out.putFloat(HalfFloat.toFloat(in.getShort()));
      } else {
        int c = q.perAxis() ? i / inner % q.size() : 0;
        int raw =
            switch (x.type()) {
              case INT4 -> int4(in, i);
              case INT16 -> in.getShort();
              case UINT8 -> in.get() & 0xff;
              default -> in.get();
            };
        out.putFloat((float) ((double) q.scale(c) * (raw - q.zeroPoint(c))));
      }
    }
    return out.flip();
  }

  /** Number {@code i} of contents that hold two in a byte, the first in the low bits. */
  static int int4(ByteBuffer contents, int i) {
    int both = contents.get(contents.position() + i / 2);
    return i % 2 == 0 ? both << 28 >> 28 : both >> 4;
  }

  @Override
  public boolean pointwise(NodeContext node) {
    Quantization quantization = node.input(0).quantization();
    return quantization == null || !quantization.perAxis();
  }

  @Override
  public boolean acceptsFlip() {
    return true;
  }
}

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

/**
 * {@code y = round(x / scale) + zeroPoint}, halves away from zero, from float32 to int8, uint8 or
 * int16; or from one quantization to another in fixed point: int8 and uint8 to each other, int16 to
 * int8, int16 and int32, int32 to int8 and int16.
 */
record Quantize() implements Op {
  static final OpSpec SPEC =
      new OpSpec(BuiltinOperator.QUANTIZE, 3, "f32 i8 u8 i16 i32", o -> new Quantize());

  @Override
  public String name() {
    return "QUANTIZE";
  }

  @Override
  public void check(NodeContext node) {
    node.arity(1, 1, 1);
    Value x = node.input(0);
    Value y = node.output(0);
    node.type(
        x,
        TensorType.FLOAT32,
        TensorType.INT8,
        TensorType.UINT8,
        TensorType.INT16,
        TensorType.INT32);
    switch (x.type()) {
      case FLOAT32 -> node.type(y, TensorType.INT8, TensorType.UINT8, TensorType.INT16);
      case INT16 -> node.type(y, TensorType.INT8, TensorType.INT16, TensorType.INT32);
      case INT32 -> node.type(y, TensorType.INT8, TensorType.INT16);
      default -> node.type(y, TensorType.INT8, TensorType.UINT8);
    }
    node.perTensor(y);
    if (x.type() != TensorType.FLOAT32) {
      node.perTensor(x);
    }
  }

  @Override
  public int[][] infer(NodeContext node) {
    return new int[][] {node.input(0).shape()};
  }

  @Override
  public void emit(NodeContext node, Emitter emitter) {
    Value x = node.input(0);
    Value y = node.output(0);
    Quantization to = y.quantization();
    InstructionBuilder instruction =
        emitter
            .instruction(Kernels.QUANTIZE)
            .in("x", x)
            .out("y", y)
            .f32("scale", to.scale())
            .i32("y_zero", to.zeroPoint());
    if (x.type() == TensorType.FLOAT32) {
      instruction.i32("x_zero", 0).i32("multiplier", 0).i32("shift", 0);
    } else {
      Quantization from = x.quantization();
      Multipliers factor = Multipliers.of((double) from.scale() / to.scale());
      instruction
          .i32("x_zero", from.zeroPoint())
          .i32("multiplier", factor.multiplier()[0])
          .i32("shift", factor.shift()[0]);
    }
    if (x.type().bytes() == y.type().bytes()) {
      instruction.inPlace(y, x);
    }
    instruction.emit();
  }

  @Override
  public boolean acceptsFlip() {
    return true;
  }
}

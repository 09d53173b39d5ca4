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
 * int16, also with a scale for each index of an axis; or from one quantization to another in fixed
 * point: int8 and uint8 to each other by table, int16 to int8, int16 and int32, int32 to int8 and
 * int16.
 */
record Quantize() implements Op {
  static final OpSpec SPEC =
      new OpSpec(BuiltinOperator.QUANTIZE, 5, "f32 i8 u8 i16 i32", o -> new Quantize());

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
    if (x.type() == TensorType.FLOAT32) {
      node.require(y.quantization() != null, y, "has no quantization parameters");
    } else {
      node.perTensor(x);
      node.perTensor(y);
    }
  }

  @Override
  public int[][] infer(NodeContext node) {
    AxisFields.check(node, node.output(0), node.input(0));
    return new int[][] {node.input(0).shape()};
  }

  @Override
  public void emit(NodeContext node, Emitter emitter) {
    Value x = node.input(0);
    Value y = node.output(0);
    Quantization to = y.quantization();
    if (x.type() == TensorType.INT8 || x.type() == TensorType.UINT8) {
      Rescale16.Factor factor = factor(x, y);
      Relu.emit(
          node,
          emitter,
          factor,
          factor,
          OutputRange.least(y.type()),
          OutputRange.greatest(y.type()));
      return;
    }
    InstructionBuilder instruction =
        emitter
            .instruction(Kernels.QUANTIZE)
            .in("x", x)
            .out("y", y)
            .f32("scale", to.scale())
            .i32("y_zero", to.zeroPoint());
    AxisFields.put(node, emitter, instruction, to);
    if (x.type() == TensorType.FLOAT32) {
      instruction.i32("x_zero", 0).i32("multiplier", 0).i32("shift", 0);
    } else {
      Rescale16.Factor factor = factor(x, y);
      instruction
          .i32("x_zero", x.quantization().zeroPoint())
          .i32("multiplier", factor.multiplier())
          .i32("shift", factor.shift());
    }
    if (x.type().bytes() == y.type().bytes()) {
      instruction.inPlace(y, x);
    }
    instruction.emit();
  }

  private static Rescale16.Factor factor(Value x, Value y) {
    return Rescale16.Factor.of((double) x.quantization().scale() / y.quantization().scale());
  }

  @Override
  public boolean pointwise(NodeContext node) {
    Quantization quantization = node.output(0).quantization();
    return quantization == null || !quantization.perAxis();
  }

  @Override
  public boolean acceptsFlip() {
    return true;
  }
}

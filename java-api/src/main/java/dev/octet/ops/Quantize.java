// SPDX-License-Identifier: Apache-2.0
package dev.octet.ops;

import dev.octet.TensorType;
import dev.octet.graph.NodeContext;
import dev.octet.graph.Value;
import dev.octet.program.Emitter;
import dev.octet.program.Kernels;
import dev.octet.tflite.BuiltinOperator;

/**
 * {@code y = clamp(round(x / scale) + zeroPoint)}, halves away from zero, from float32 to int8, uint8 or
 * int16; between those (and from int32) the same in fixed point with the factor {@code xScale / yScale}.
 */
record Quantize() implements Op {
  static final OpSpec SPEC = new OpSpec(BuiltinOperator.QUANTIZE, 4, o -> new Quantize());

  @Override
  public String name() {
    return "QUANTIZE";
  }

  @Override
  public void check(NodeContext node) {
    node.arity(1, 1, 1);
    Value x = node.input(0);
    node.type(
        x,
        TensorType.FLOAT32,
        TensorType.INT8,
        TensorType.UINT8,
        TensorType.INT16,
        TensorType.INT32);
    node.type(node.output(0), TensorType.INT8, TensorType.UINT8, TensorType.INT16);
    node.perTensor(node.output(0));
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
    boolean real = x.type() == TensorType.FLOAT32;
    Multipliers m =
        Multipliers.of(
            real ? 1 : (double) x.quantization().scale() / y.quantization().scale());
    emitter
        .instruction(Kernels.QUANTIZE)
        .in("x", x)
        .out("y", y)
        .f32("scale", real ? y.quantization().scale() : 1)
        .i32("x_zero", real ? 0 : x.quantization().zeroPoint())
        .i32("y_zero", y.quantization().zeroPoint())
        .i32("multiplier", m.multiplier()[0])
        .i32("shift", m.shift()[0])
        .emit();
  }

  @Override
  public boolean acceptsFlip() {
    return true;
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.octet.ops;

import dev.octet.TensorType;
import dev.octet.graph.NodeContext;
import dev.octet.graph.Value;
import dev.octet.program.Emitter;
import dev.octet.program.InstructionBuilder;
import dev.octet.program.Kernels;
import dev.octet.tflite.Activation;
import dev.octet.tflite.BuiltinOperator;
import java.util.Arrays;

/**
 * {@code y = f(a + b)} with broadcasting. Types float32, int8, uint8. Quantized inputs are brought to
 * twice the larger scale with 20 more bits before they are added: TensorFlow Lite's arithmetic in both
 * numerics.
 */
record Add(Activation activation) implements Op {
  private static final int LEFT_SHIFT = 20;

  static final OpSpec SPEC =
      new OpSpec(
          BuiltinOperator.ADD,
          2,
          o -> new Add(o.options().enumeration("fused_activation_function", Activation.class)));

  @Override
  public String name() {
    return "ADD";
  }

  @Override
  public void check(NodeContext node) {
    node.arity(2, 2, 1);
    OutputRange.check(node, activation);
    Value a = node.input(0);
    node.type(a, TensorType.FLOAT32, TensorType.INT8, TensorType.UINT8);
    node.type(node.input(1), a.type());
    node.type(node.output(0), a.type());
    if (a.type() != TensorType.FLOAT32) {
      node.perTensor(a);
      node.perTensor(node.input(1));
      node.perTensor(node.output(0));
    }
  }

  @Override
  public int[][] infer(NodeContext node) {
    return new int[][] {Broadcast.shape(node, node.input(0), node.input(1))};
  }

  @Override
  public void emit(NodeContext node, Emitter emitter) {
    Value a = node.input(0);
    Value b = node.input(1);
    Value y = node.output(0);
    OutputRange range = OutputRange.of(activation);
    InstructionBuilder instruction =
        emitter
            .instruction(Kernels.ADD)
            .in("a", a)
            .in("b", b)
            .out("y", y)
            .f32("act_min", range.low())
            .f32("act_max", range.high());
    Value reusable = Arrays.equals(a.shape(), y.shape()) ? a : b;
    if (Arrays.equals(reusable.shape(), y.shape())) {
      instruction.inPlace(y, reusable);
    }
    boolean quantized = a.type() != TensorType.FLOAT32;
    double scaleA = quantized ? a.quantization().scale() : 1;
    double scaleB = quantized ? b.quantization().scale() : 1;
    double scaleY = quantized ? y.quantization().scale() : 1;
    double common = 2 * Math.max(scaleA, scaleB);
    Multipliers m =
        Multipliers.of(
            scaleA / common, scaleB / common, common / ((1 << LEFT_SHIFT) * scaleY));
    instruction
        .i32("left_shift", LEFT_SHIFT)
        .i32("a_zero", quantized ? a.quantization().zeroPoint() : 0)
        .i32("a_multiplier", m.multiplier()[0])
        .i32("a_shift", m.shift()[0])
        .i32("b_zero", quantized ? b.quantization().zeroPoint() : 0)
        .i32("b_multiplier", m.multiplier()[1])
        .i32("b_shift", m.shift()[1])
        .i32("y_zero", quantized ? y.quantization().zeroPoint() : 0)
        .i32("y_multiplier", m.multiplier()[2])
        .i32("y_shift", m.shift()[2])
        .i32("y_min", quantized ? range.min(y) : 0)
        .i32("y_max", quantized ? range.max(y) : 0)
        .emit();
  }

  @Override
  public boolean acceptsFlip() {
    return true;
  }
}

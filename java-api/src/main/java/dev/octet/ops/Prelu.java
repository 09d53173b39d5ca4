// SPDX-License-Identifier: Apache-2.0
package dev.octet.ops;

import dev.octet.TensorType;
import dev.octet.graph.NodeContext;
import dev.octet.graph.Value;
import dev.octet.program.Emitter;
import dev.octet.program.InstructionBuilder;
import dev.octet.program.Kernels;
import dev.octet.tflite.BuiltinOperator;
import java.util.Arrays;
import java.util.List;

/**
 * {@code y = x} where {@code x >= 0}, else {@code x * alpha}, alpha broadcast to x's shape;
 * float32, int8 or uint8, all of one type. Quantized: {@code y = clamp(half_away((x - xz) * xs /
 * ys) + yz)}, below xz {@code half_away((x - xz) * (alpha - az) * (xs * as / ys)) + yz}, the
 * factors in float32.
 */
record Prelu() implements Op {
  static final OpSpec SPEC = new OpSpec(BuiltinOperator.PRELU, 1, "f32 i8 u8", o -> new Prelu());

  private static final List<String> QUANTIZED_FIELDS =
      List.of(
          "x_zero",
          "alpha_zero",
          "y_zero",
          "multiplier",
          "shift",
          "alpha_multiplier",
          "alpha_shift");

  @Override
  public String name() {
    return "PRELU";
  }

  @Override
  public void check(NodeContext node) {
    node.arity(2, 2, 1);
    Value x = node.input(0);
    node.type(x, TensorType.FLOAT32, TensorType.INT8, TensorType.UINT8);
    for (Value value : new Value[] {x, node.input(1), node.output(0)}) {
      node.type(value, x.type());
      if (x.type() != TensorType.FLOAT32) {
        node.perTensor(value);
      }
    }
  }

  @Override
  public int[][] infer(NodeContext node) {
    Value x = node.input(0);
    int[] shape = Broadcasting.shape(node, x, node.input(1));
    node.require(Arrays.equals(shape, x.shape()), node.input(1), "is larger than the input");
    return new int[][] {shape};
  }

  @Override
  public void emit(NodeContext node, Emitter emitter) {
    Value x = node.input(0);
    Value alpha = node.input(1);
    Value y = node.output(0);
    InstructionBuilder instruction =
        emitter.instruction(Kernels.PRELU).in("x", x).in("alpha", alpha).out("y", y);
    if (x.type() == TensorType.FLOAT32) {
      for (String field : QUANTIZED_FIELDS) {
        instruction.i32(field, 0);
      }
    } else {
      float from = x.quantization().scale();
      float to = y.quantization().scale();
      Rescale16.Factor factor = Rescale16.Factor.of(from / to);
      Rescale16.Factor slope = Rescale16.Factor.of(from * alpha.quantization().scale() / to);
      instruction
          .i32("x_zero", x.quantization().zeroPoint())
          .i32("alpha_zero", alpha.quantization().zeroPoint())
          .i32("y_zero", y.quantization().zeroPoint())
          .i32("multiplier", factor.multiplier())
          .i32("shift", factor.shift())
          .i32("alpha_multiplier", slope.multiplier())
          .i32("alpha_shift", slope.shift());
    }
    instruction.inPlace(y, x).emit();
  }

  @Override
  public boolean acceptsFlip() {
    return true;
  }
}

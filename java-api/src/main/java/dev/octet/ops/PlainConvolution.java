// SPDX-License-Identifier: Apache-2.0
package dev.octet.ops;

import dev.octet.TensorType;
import dev.octet.graph.NodeContext;
import dev.octet.graph.Value;
import dev.octet.program.Emitter;
import dev.octet.program.InstructionBuilder;
import dev.octet.program.Kernel;
import dev.octet.program.Kernels;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The fields that the plain kernels of convolutions share: operands as the file has them, weights
 * that are not packed, and requantization's parameters as constants.
 */
final class PlainConvolution {
  private PlainConvolution() {}

  /**
   * Sets x, w, bias, the operands and parameters of requantization, and y, for a plain kernel.
   *
   * @param rows the quantized x of a hybrid operator, else null
   */
  static InstructionBuilder instruction(
      Convolution convolution,
      NodeContext node,
      Emitter emitter,
      Kernel kernel,
      int channels,
      QuantizedRows rows) {
    Value w = node.input(1);
    Value y = node.output(0);
    OutputRange range = OutputRange.of(convolution.activation());
    InstructionBuilder instruction = emitter.instruction(kernel);
    if (rows == null) {
      instruction
          .in("x", convolution.x(node))
          .in("x_scale", (Value) null)
          .in("x_zeros", (Value) null);
    } else {
      rows.scales(instruction.in("x", rows.x()));
    }
    if (w.type() == TensorType.INT4) {
      String key = node.node().index() + " int4";
      instruction.in("w", emitter.constant(key, TensorType.INT8, w.shape(), Filter.bytes(w)));
    } else {
      instruction.in("w", w);
    }
    instruction
        .in("bias", convolution.bias(node))
        .out("y", y)
        .f32("act_min", range.low())
        .f32("act_max", range.high());
    if (kernel == Kernels.CONV_2D) {
      instruction.i32("transposed", convolution.input() == 0 ? 0 : 1);
    }
    Convolution.Kind kind = convolution.kind(node);
    if (kind == Convolution.Kind.REAL || kind == Convolution.Kind.HYBRID) {
      instruction.in("multiplier", (Value) null).in("shift", (Value) null);
      if (kind == Convolution.Kind.REAL) {
        instruction.in("scale", (Value) null);
      } else {
        float[] scales = Convolution.scales(w.quantization(), channels);
        instruction.in("scale", constant(node, emitter, "scale", scales));
      }
      return instruction
          .i32("x_zero", 0)
          .i32("w_zero", 0)
          .i32("y_zero", 0)
          .i32("y_min", 0)
          .i32("y_max", 0)
          .i32("form", 0);
    }
    Form form = convolution.form(node, emitter);
    Multipliers multipliers = convolution.multipliers(node, channels);
    if (form == Form.FLOAT) {
      instruction
          .in("multiplier", (Value) null)
          .in("shift", (Value) null)
          .in("scale", constant(node, emitter, "scale", multipliers.scale()));
    } else {
      instruction
          .in("multiplier", constant(node, emitter, "multiplier", multipliers.multiplier()))
          .in("shift", constant(node, emitter, "shift", multipliers.shift()))
          .in("scale", (Value) null);
    }
    return instruction
        .i32("x_zero", convolution.x(node).quantization().zeroPoint())
        .i32("w_zero", w.quantization().zeroPoint())
        .i32("y_zero", y.quantization().zeroPoint())
        .i32("y_min", range.min(y))
        .i32("y_max", range.max(y))
        .i32("form", form.ordinal());
  }

  private static Emitter.Operand constant(
      NodeContext node, Emitter emitter, String role, int[] data) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * data.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asIntBuffer().put(data);
    return emitter.constant(
        node.node().index() + " " + role, TensorType.INT32, new int[] {data.length}, bytes);
  }

  private static Emitter.Operand constant(
      NodeContext node, Emitter emitter, String role, float[] data) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * data.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(data);
    return emitter.constant(
        node.node().index() + " " + role, TensorType.FLOAT32, new int[] {data.length}, bytes);
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.octet.ops;

import dev.octet.Quantization;
import dev.octet.TensorType;
import dev.octet.graph.NodeContext;
import dev.octet.graph.Value;
import dev.octet.program.Emitter;
import dev.octet.program.InstructionBuilder;
import dev.octet.program.Kernel;
import dev.octet.program.WeightsBuilder;
import dev.octet.tflite.Activation;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * What CONV_2D, DEPTHWISE_CONV_2D and FULLY_CONNECTED share: inputs x, w and an optional bias; the
 * types that go together; requantization from the scales of x, w and y.
 *
 * @param channelAxis the axis of w along which it may be quantized per channel
 * @param exact the form of exact numerics for int8, measured on TensorFlow Lite 2.20
 */
record Convolution(Activation activation, int channelAxis, Form exact) {

  /** Checks arity, types and quantization of x, w, bias and y. */
  void check(NodeContext node) {
    node.arity(2, 3, 1);
    OutputRange.check(node, activation);
    Value x = node.input(0);
    Value w = node.input(1);
    Value y = node.output(0);
    Value bias = node.optional(2);
    node.type(x, TensorType.FLOAT32, TensorType.INT8, TensorType.UINT8);
    node.type(y, x.type());
    node.type(w, x.type());
    if (bias != null) {
      node.type(bias, x.type() == TensorType.FLOAT32 ? TensorType.FLOAT32 : TensorType.INT32);
    }
    if (x.type() == TensorType.FLOAT32) {
      return;
    }
    node.require(w.constant(), w, "quantized weights are not constant");
    node.require(bias == null || bias.constant(), bias, "a quantized bias is not constant");
    node.perTensor(x);
    node.perTensor(y);
    node.require(w.quantization() != null, w, "has no quantization parameters");
    if (w.quantization().perAxis()) {
      node.require(x.type() == TensorType.INT8, w, "uint8 weights are quantized per axis");
      node.require(
          w.quantization().dimension() == channelAxis,
          w,
          "is quantized along axis " + w.quantization().dimension() + ", not " + channelAxis);
      for (int c = 0; c < w.quantization().size(); c++) {
        node.require(
            w.quantization().zeroPoint(c) == 0,
            w,
            "per-axis weights have a zero point that is not 0");
      }
    }
  }

  static boolean quantized(NodeContext node) {
    return node.input(0).type() != TensorType.FLOAT32;
  }

  /** Requires a bias, where there is one, of {@code channels} elements. */
  static void checkBias(NodeContext node, int channels) {
    if (node.has(2)) {
      Value bias = node.input(2);
      node.require(bias.elements() == channels, bias, "does not have " + channels + " elements");
    }
  }

  /** The form of requantization; exact uint8 sums are rounded half away from zero everywhere. */
  Form form(NodeContext node, Emitter emitter) {
    boolean unsigned = node.input(0).type() == TensorType.UINT8;
    return Form.of(emitter.numerics(), unsigned ? Form.HALF_AWAY : exact);
  }

  Multipliers multipliers(NodeContext node, int channels) {
    Quantization weights = node.input(1).quantization();
    boolean single =
        node.input(0).type() == TensorType.UINT8 || node.input(1).rank() == 2 && !weights.perAxis();
    return Multipliers.of(
        node.input(0).quantization().scale(),
        weights,
        node.output(0).quantization().scale(),
        channels,
        single);
  }

  /** Sets x, w, bias, the operands and parameters of requantization, and y, for a plain kernel. */
  InstructionBuilder plain(NodeContext node, Emitter emitter, Kernel kernel, int channels) {
    Value y = node.output(0);
    OutputRange range = OutputRange.of(activation);
    InstructionBuilder instruction = emitter.instruction(kernel);
    instruction
        .in("x", node.input(0))
        .in("w", node.input(1))
        .in("bias", node.optional(2))
        .out("y", y)
        .f32("act_min", range.low())
        .f32("act_max", range.high());
    if (!quantized(node)) {
      return instruction
          .in("multiplier", (Value) null)
          .in("shift", (Value) null)
          .in("scale", (Value) null)
          .i32("x_zero", 0)
          .i32("w_zero", 0)
          .i32("y_zero", 0)
          .i32("y_min", 0)
          .i32("y_max", 0)
          .i32("form", 0);
    }
    Form form = form(node, emitter);
    Multipliers multipliers = multipliers(node, channels);
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
        .i32("x_zero", node.input(0).quantization().zeroPoint())
        .i32("w_zero", node.input(1).quantization().zeroPoint())
        .i32("y_zero", y.quantization().zeroPoint())
        .i32("y_min", range.min(y))
        .i32("y_max", range.max(y))
        .i32("form", form.ordinal());
  }

  /** True when w and bias are known at compile time, so that they can be packed. */
  static boolean packable(NodeContext node) {
    return node.input(1).constant() && (!node.has(2) || node.input(2).constant());
  }

  /** Contents of the bias, empty when there is none. */
  static ByteBuffer bias(NodeContext node) {
    return node.has(2) ? node.input(2).contents() : ByteBuffer.allocate(0);
  }

  /** Sets x, y, the packed weights and the activation for a packed float kernel. */
  InstructionBuilder packedFloat(
      NodeContext node,
      Emitter emitter,
      Kernel kernel,
      ByteBuffer filter,
      WeightsBuilder.Filler dimensions) {
    OutputRange range = OutputRange.of(activation);
    int weights =
        emitter.weights(
            "node " + node.node().index(),
            kernel,
            entry -> {
              dimensions.fill(entry);
              entry.part(filter).part(bias(node));
            });
    return emitter
        .instruction(kernel)
        .in("x", node.input(0))
        .weights("weights", weights)
        .out("y", node.output(0))
        .f32("act_min", range.low())
        .f32("act_max", range.high());
  }

  /**
   * Sets x, y, the packed weights and the output range for a packed 8-bit kernel, which counts in
   * uint8: int8 zero points and limits are raised by 128, uint8 weights lowered by it.
   */
  InstructionBuilder packedInteger(
      NodeContext node,
      Emitter emitter,
      Kernel kernel,
      int channels,
      ByteBuffer filter,
      WeightsBuilder.Filler dimensions) {
    Value x = node.input(0);
    Value w = node.input(1);
    Value y = node.output(0);
    boolean unsigned = x.type() == TensorType.UINT8;
    int raise = unsigned ? 0 : 128;
    Form form = form(node, emitter);
    int weights =
        emitter.weights(
            "node " + node.node().index(),
            kernel,
            entry -> {
              dimensions.fill(entry);
              Multipliers m = multipliers(node, channels);
              boolean real = form == Form.FLOAT;
              entry
                  .i32("x_zero", x.quantization().zeroPoint() + raise)
                  .i32("w_zero", w.quantization().zeroPoint() - (unsigned ? 128 : 0))
                  .i32("rounding", form.ordinal())
                  .part(unsigned ? lowered(filter) : filter)
                  .part(bias(node))
                  .part(real ? m.scale() : new float[0])
                  .part(real ? new int[0] : m.multiplier())
                  .part(real ? new int[0] : m.shift());
            });
    OutputRange range = OutputRange.of(activation);
    return emitter
        .instruction(kernel)
        .in("x", x)
        .weights("weights", weights)
        .out("y", y)
        .i32("y_zero", y.quantization().zeroPoint() + raise)
        .i32("y_min", range.min(y) + raise)
        .i32("y_max", range.max(y) + raise);
  }

  /** A matrix [rows,columns] of elements of {@code bytes} as [columns,rows]. */
  static ByteBuffer transposed(ByteBuffer matrix, int rows, int columns, int bytes) {
    ByteBuffer result = ByteBuffer.allocate(rows * columns * bytes);
    byte[] element = new byte[bytes];
    for (int row = 0; row < rows; row++) {
      for (int column = 0; column < columns; column++) {
        matrix.get((row * columns + column) * bytes, element);
        result.put((column * rows + row) * bytes, element);
      }
    }
    return result;
  }

  private static ByteBuffer lowered(ByteBuffer unsigned) {
    ByteBuffer signed = ByteBuffer.allocate(unsigned.remaining());
    for (int i = 0; i < signed.capacity(); i++) {
      signed.put(i, (byte) (unsigned.get(unsigned.position() + i) ^ 0x80));
    }
    return signed;
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

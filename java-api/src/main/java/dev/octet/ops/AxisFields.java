// SPDX-License-Identifier: Apache-2.0
package dev.octet.ops;

import dev.octet.Quantization;
import dev.octet.TensorType;
import dev.octet.graph.NodeContext;
import dev.octet.graph.Value;
import dev.octet.program.Emitter;
import dev.octet.program.InstructionBuilder;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Scales and zero points along an axis, as QUANTIZE and DEQUANTIZE pass them to their kernels. */
final class AxisFields {
  private AxisFields() {}

  /** Requires a scale for each index of the axis; {@code value} has the shape of {@code like}. */
  static void check(NodeContext node, Value value, Value like) {
    Quantization q = value.quantization();
    if (q == null || !q.perAxis()) {
      return;
    }
    node.require(
        q.dimension() < like.rank() && q.size() == like.dim(q.dimension()),
        value,
        "has " + q.size() + " scales along axis " + q.dimension());
  }

  /** Sets {@code scales}, {@code zeros} and {@code axis}. */
  static void put(
      NodeContext node, Emitter emitter, InstructionBuilder instruction, Quantization q) {
    if (q == null || !q.perAxis()) {
      instruction.in("scales", (Value) null).in("zeros", (Value) null).i32("axis", 0);
      return;
    }
    ByteBuffer scales = ByteBuffer.allocate(4 * q.size()).order(ByteOrder.LITTLE_ENDIAN);
    ByteBuffer zeros = ByteBuffer.allocate(4 * q.size()).order(ByteOrder.LITTLE_ENDIAN);
    for (int c = 0; c < q.size(); c++) {
      scales.putFloat(q.scale(c));
      zeros.putInt(q.zeroPoint(c));
    }
    int[] shape = {q.size()};
    String key = node.node().index() + " ";
    instruction
        .in("scales", emitter.constant(key + "scales", TensorType.FLOAT32, shape, scales.flip()))
        .in("zeros", emitter.constant(key + "zeros", TensorType.INT32, shape, zeros.flip()))
        .i32("axis", q.dimension());
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.octet.ops;

import dev.octet.TensorType;
import dev.octet.graph.Value;
import dev.octet.program.Emitter;
import dev.octet.program.Engine;
import dev.octet.program.InstructionBuilder;
import dev.octet.program.Kernels;

/**
 * Float activations quantized at run time to int8, as operators with int8 weights take them: row
 * {@code r} of the activations is {@code scale[r] * (x - zero[r])}.
 *
 * @param zero null when symmetric, that is 0
 */
record QuantizedRows(Emitter.Operand x, Emitter.Operand scale, Emitter.Operand zero) {

  /** Emits the quantization of {@code x}, cut in {@code rows} rows of equal length. */
  static QuantizedRows of(Emitter emitter, Value x, int rows, boolean symmetric) {
    InstructionBuilder instruction = emitter.instruction(Kernels.QUANTIZE_ROWS).in("x", x);
    return of(emitter, instruction, x.shape(), rows, symmetric);
  }

  /** The same of what other instructions of the operator computed. */
  static QuantizedRows of(
      Emitter emitter, Emitter.Operand x, int[] shape, int rows, boolean symmetric) {
    InstructionBuilder instruction = emitter.instruction(Kernels.QUANTIZE_ROWS).in("x", x);
    return of(emitter, instruction, shape, rows, symmetric);
  }

  private static QuantizedRows of(
      Emitter emitter, InstructionBuilder instruction, int[] shape, int rows, boolean symmetric) {
    Emitter.Operand quantized =
        emitter.temporary(TensorType.INT8, Engine.prefersFlipped(TensorType.INT8), shape);
    Emitter.Operand scale = emitter.temporary(TensorType.FLOAT32, false, rows);
    Emitter.Operand zero = symmetric ? null : emitter.temporary(TensorType.INT32, false, rows);
    instruction.out("y", quantized).out("scale", scale);
    if (symmetric) {
      instruction.in("zero", (Value) null);
    } else {
      instruction.out("zero", zero);
    }
    instruction.emit();
    return new QuantizedRows(quantized, scale, zero);
  }

  /** Sets the fields {@code x_scale} and {@code x_zeros}. */
  InstructionBuilder scales(InstructionBuilder instruction) {
    instruction.in("x_scale", scale);
    return zero == null ? instruction.in("x_zeros", (Value) null) : instruction.in("x_zeros", zero);
  }
}

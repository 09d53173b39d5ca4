// SPDX-License-Identifier: Apache-2.0
package dev.octet.ops;

import dev.octet.tflite.BuiltinOperator;
import java.util.List;

/**
 * One line of {@link Ops#ALL}.
 *
 * @param builtin TensorFlow Lite's operator, or {@link BuiltinOperator#CUSTOM}
 * @param name the operator's name; of a custom operator its custom code
 * @param maxVersion the newest version whose meaning the reader knows
 * @param types the kinds of elements it is offered for, in the words of the table of supported
 *     operators: {@code f32 f16 bf16 f64 i4 i8 u8 i16 u16 i32 u32 i64 u64 bool str c64 c128 res} is
 *     the type of the first data input; {@code i8pc} has weights quantized per channel, {@code
 *     i16x8} and {@code i16x8/i64} are int16 by int8 with a bias of 32 or 64 bits, {@code hybrid}
 *     is float32 by int8 weights, {@code f16w} float16 weights, {@code i4w} int4 weights, {@code
 *     any} every type; none for an operator that only a device runs
 * @param reader makes the operator of its options
 */
public record OpSpec(
    BuiltinOperator builtin, String name, int maxVersion, List<String> types, OpReader reader) {
  /**
   * A built-in operator.
   *
   * @param types separated by spaces
   */
  public OpSpec(BuiltinOperator builtin, int maxVersion, String types, OpReader reader) {
    this(builtin, builtin.name(), maxVersion, List.of(types.split(" ")), reader);
  }

  /** A custom operator that Octet knows and leaves to a device. */
  static OpSpec onDevice(String name, OpReader reader) {
    return new OpSpec(BuiltinOperator.CUSTOM, name, 1, List.of(), reader);
  }

  /** A custom operator that Octet knows. */
  public static OpSpec custom(String name, String types, OpReader reader) {
    return new OpSpec(BuiltinOperator.CUSTOM, name, 1, List.of(types.split(" ")), reader);
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.quantize.integer;

import dev.octet.TensorType;
import dev.octet.tflite.BuiltinOperator;
import dev.octet.tflite.Table;
import dev.octet.toolkit.model.EditableOperator;
import dev.octet.toolkit.quantize.Compute;

/**
 * Versions and options of quantized operators. The version is the greater of the float operator's
 * and the least that has the type; int8 as TensorFlow's converter writes it, int16 as its older
 * quantizer does.
 */
final class OperatorVersions {
  private OperatorVersions() {}

  static void set(EditableOperator op, OperatorRule rule, Compute compute, IntegerOptions options) {
    int least = compute == Compute.INT8 ? int8(op, rule) : rule.int16Version();
    op.version(Math.max(op.version(), Math.max(least, int4(op, compute))));
    if (compute == Compute.INT16X8) {
      setInt16(op, options);
    }
  }

  private static int int8(EditableOperator op, OperatorRule rule) {
    if (rule.operator() == BuiltinOperator.TRANSPOSE_CONV && op.input(3) != null) {
      return 3;
    }
    if (rule.operator() == BuiltinOperator.MUL
        && (double) scale(op, 0) * scale(op, 1) / op.output(0).quantization().scales()[0] >= 1) {
      return 3;
    }
    return rule.int8Version();
  }

  private static float scale(EditableOperator op, int input) {
    return op.input(input).quantization().scales()[0];
  }

  private static int int4(EditableOperator op, Compute compute) {
    if (op.input(1) == null || op.input(1).type() != TensorType.INT4) {
      return 0;
    }
    return switch (op.builtin()) {
      case CONV_2D, DEPTHWISE_CONV_2D -> 7;
      case FULLY_CONNECTED -> compute == Compute.INT8 ? 10 : 13;
      default -> 0;
    };
  }

  private static void setInt16(EditableOperator op, IntegerOptions options) {
    Table.Builder table = op.options().toBuilder();
    switch (op.builtin()) {
      case ADD, SUB -> table.set("pot_scale_int16", false);
      case CONV_2D, FULLY_CONNECTED, TRANSPOSE_CONV ->
          table.set(
              "quantized_bias_type",
              options.int16BiasBits() == 64 ? TensorType.INT64 : TensorType.INT32);
      default -> {
        return;
      }
    }
    op.options(table.build());
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.quantize;

import dev.octet.TensorType;
import dev.octet.ops.HalfFloat;
import dev.octet.toolkit.model.EditableGraph;
import dev.octet.toolkit.model.EditableModel;
import dev.octet.toolkit.model.EditableOperator;
import dev.octet.toolkit.model.EditableTensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.Function;

/**
 * {@link Compute#FLOAT16}: every float32 constant that such an operator uses, of whatever operator
 * and size, becomes float16 with one DEQUANTIZE for all users. Numbers are rounded to the nearest,
 * of two as near the even one, and limited to ±65504, float16's greatest (TensorFlow's {@code
 * convertToFloat16Constant}). A constant that is also an output of the graph stays there as it is.
 */
final class Float16Constants {
  private static final float MAX = 65504;
  private static final int DEQUANTIZE_VERSION = 3;

  private Float16Constants() {}

  static void apply(
      EditableModel model, Function<EditableOperator, OperatorConfig> configs, Notes notes) {
    for (EditableGraph graph : model.graphs()) {
      FloatConstants constants = new FloatConstants(graph);
      for (EditableOperator operator : graph.operators()) {
        if (configs.apply(operator).compute() == Compute.FLOAT16) {
          int replaced = replace(operator, constants);
          notes.put(
              operator,
              replaced == 0 ? Compute.FLOAT : Compute.FLOAT16,
              replaced == 0 ? "has no float constants" : replaced + " constants float16");
        }
      }
      constants.place();
    }
  }

  private static int replace(EditableOperator operator, FloatConstants constants) {
    int replaced = 0;
    for (int i = 0; i < operator.inputs().size(); i++) {
      EditableTensor constant = operator.input(i);
      if (FloatConstants.replaceable(constant)) {
        EditableTensor half = constants.small(constant, "float16", () -> half(constant));
        operator.inputs().set(i, constants.expanded(constant, half, DEQUANTIZE_VERSION));
        replaced++;
      }
    }
    return replaced;
  }

  private static EditableTensor half(EditableTensor constant) {
    float[] values = constant.floats();
    ByteBuffer bytes = ByteBuffer.allocate(2 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    for (float value : values) {
      bytes.putShort(HalfFloat.of(Math.max(-MAX, Math.min(MAX, value))));
    }
    return constant
        .copy(constant.name())
        .type(TensorType.FLOAT16)
        .data(bytes.flip())
        .quantization(null);
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.octet.differential.cases;

import static dev.octet.differential.cases.SingleOp.in;

import dev.octet.TensorType;
import dev.octet.tflite.BuiltinOperator;
import dev.octet.tflite.Table;
import java.util.List;

/** SOFTMAX. */
final class SoftmaxCases implements OpCases {
  @Override
  public List<OpGenerator> generators() {
    return List.of(
        new OpGenerator("SOFTMAX", "f32", m -> softmax(m, TensorType.FLOAT32)),
        new OpGenerator("SOFTMAX", "i8", m -> softmax(m, TensorType.INT8)),
        new OpGenerator("SOFTMAX", "u8", m -> softmax(m, TensorType.UINT8)));
  }

  private static void softmax(SingleOp m, TensorType type) {
    int x = m.quantizedInput(type, m.scale(0.005, 0.5), m.number(1, 4), m.number(1, 300));
    int y = m.quantize(m.output(type), type, 1f / 256, type == TensorType.INT8 ? -128 : 0);
    m.operator(
        BuiltinOperator.SOFTMAX,
        2,
        Table.builder("SoftmaxOptions").set("beta", m.chance(0.5) ? 1f : m.scale(0.3, 2)).build(),
        in(x),
        y);
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.octet.differential.cases;

import static dev.octet.differential.cases.SingleOp.in;

import dev.octet.TensorType;
import dev.octet.tflite.BuiltinOperator;
import java.util.List;

/** PRELU, slopes of x's shape, of its last dimensions, or with ones among them. */
final class PreluCases implements OpCases {
  @Override
  public List<OpGenerator> generators() {
    return List.of(
        new OpGenerator("PRELU", "f32", m -> prelu(m, TensorType.FLOAT32)),
        new OpGenerator("PRELU", "i8", m -> prelu(m, TensorType.INT8)),
        new OpGenerator("PRELU", "u8", m -> prelu(m, TensorType.UINT8)));
  }

  private static void prelu(SingleOp m, TensorType type) {
    int[] shape = m.shape(m.number(1, 4), m.any(3, 7, 20));
    int[] slopes = java.util.Arrays.copyOfRange(shape, m.number(0, shape.length - 1), shape.length);
    for (int i = 0; i < slopes.length; i++) {
      slopes[i] = m.chance(0.3) ? 1 : slopes[i];
    }
    int x = m.quantizedInput(type, m.scale(0.01, 0.1), shape);
    int alpha =
        m.chance(0.5)
            ? m.input(type, slopes)
            : m.constant(type, m.contents(type, SingleOp.product(slopes)), slopes);
    m.quantize(alpha, type, m.scale(0.001, 0.05), m.zero(type));
    int y = m.quantizedOutput(type, m.scale(0.01, 0.1));
    m.operator(BuiltinOperator.PRELU, 1, null, in(x, alpha), y);
  }
}

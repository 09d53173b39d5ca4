// SPDX-License-Identifier: Apache-2.0
package dev.octet.differential.cases;

import static dev.octet.differential.cases.SingleOp.in;

import dev.octet.TensorType;
import dev.octet.tflite.BuiltinOperator;
import dev.octet.tflite.Padding;
import dev.octet.tflite.Table;
import java.util.List;

/** AVERAGE_POOL_2D, MAX_POOL_2D, L2_POOL_2D. */
final class PoolCases implements OpCases {
  @Override
  public List<OpGenerator> generators() {
    return List.of(
        generator(BuiltinOperator.AVERAGE_POOL_2D, "f32", TensorType.FLOAT32),
        generator(BuiltinOperator.AVERAGE_POOL_2D, "i8", TensorType.INT8),
        generator(BuiltinOperator.AVERAGE_POOL_2D, "u8", TensorType.UINT8),
        generator(BuiltinOperator.AVERAGE_POOL_2D, "i16", TensorType.INT16),
        generator(BuiltinOperator.MAX_POOL_2D, "f32", TensorType.FLOAT32),
        generator(BuiltinOperator.MAX_POOL_2D, "i8", TensorType.INT8),
        generator(BuiltinOperator.MAX_POOL_2D, "u8", TensorType.UINT8),
        generator(BuiltinOperator.MAX_POOL_2D, "i16", TensorType.INT16),
        generator(BuiltinOperator.L2_POOL_2D, "f32", TensorType.FLOAT32));
  }

  private static OpGenerator generator(BuiltinOperator operator, String word, TensorType type) {
    return new OpGenerator(operator.name(), word, m -> pool(m, operator, type));
  }

  private static void pool(SingleOp m, BuiltinOperator operator, TensorType type) {
    int kh = m.number(1, 5);
    int kw = m.number(1, 5);
    boolean global = m.chance(0.1);
    int h = m.number(kh, global ? kh : 14);
    int w = m.number(kw, global ? kw : 30);
    int c = m.chance(0.5) ? m.number(1, 8) : m.number(1, 160);
    int x = m.input(type, m.number(1, 2), h, w, c);
    int y = m.output(type);
    float scale = m.scale(0.01, 0.1);
    int zero = m.zero(type);
    m.quantize(x, type, scale, zero);
    m.quantize(y, type, scale, zero);
    m.operator(
        operator,
        operator == BuiltinOperator.L2_POOL_2D ? 1 : 2,
        Table.builder("Pool2DOptions")
            .set("padding", m.any(Padding.values()))
            .set("stride_h", m.number(1, 3))
            .set("stride_w", m.number(1, 3))
            .set("filter_height", kh)
            .set("filter_width", kw)
            .set("fused_activation_function", m.activation())
            .build(),
        in(x),
        y);
  }
}

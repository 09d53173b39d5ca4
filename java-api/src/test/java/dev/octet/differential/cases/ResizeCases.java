// SPDX-License-Identifier: Apache-2.0
package dev.octet.differential.cases;

import static dev.octet.differential.cases.SingleOp.in;

import dev.octet.TensorType;
import dev.octet.tflite.BuiltinOperator;
import dev.octet.tflite.Table;
import dev.octet.tflite.TestModel;
import java.util.List;

/** RESIZE_BILINEAR, RESIZE_NEAREST_NEIGHBOR. */
final class ResizeCases implements OpCases {
  @Override
  public List<OpGenerator> generators() {
    return List.of(
        generator(BuiltinOperator.RESIZE_BILINEAR, "f32", TensorType.FLOAT32),
        generator(BuiltinOperator.RESIZE_BILINEAR, "i8", TensorType.INT8),
        generator(BuiltinOperator.RESIZE_BILINEAR, "u8", TensorType.UINT8),
        generator(BuiltinOperator.RESIZE_BILINEAR, "i16", TensorType.INT16),
        generator(BuiltinOperator.RESIZE_NEAREST_NEIGHBOR, "f32", TensorType.FLOAT32),
        generator(BuiltinOperator.RESIZE_NEAREST_NEIGHBOR, "i8", TensorType.INT8),
        generator(BuiltinOperator.RESIZE_NEAREST_NEIGHBOR, "u8", TensorType.UINT8),
        generator(BuiltinOperator.RESIZE_NEAREST_NEIGHBOR, "i16", TensorType.INT16));
  }

  private static OpGenerator generator(BuiltinOperator operator, String word, TensorType type) {
    return new OpGenerator(operator.name(), word, m -> resize(m, operator, type));
  }

  /** True when TensorFlow Lite reads behind the last of {@code in} elements. */
  private static boolean beyond(int in, int out, boolean align, boolean half) {
    boolean aligned = align && out > 1;
    int scale =
        aligned ? (1024 * (in - 1) + (out - 1) / 2) / (out - 1) : (1024 * in + out / 2) / out;
    return (out - 1) * scale + (half ? scale / 2 - 512 : 0) >= 1024 * in;
  }

  private static int out(SingleOp m, int in) {
    return m.chance(0.4) ? in * m.any(2, 4, 8) : m.number(1, m.chance(0.3) ? 120 : 20);
  }

  private static void resize(SingleOp m, BuiltinOperator operator, TensorType type) {
    boolean bilinear = operator == BuiltinOperator.RESIZE_BILINEAR;
    int h;
    int w;
    int oh;
    int ow;
    boolean align;
    boolean half;
    do {
      h = m.number(1, 12);
      w = m.number(1, 24);
      oh = out(m, h);
      ow = out(m, w);
      align = m.chance(0.35);
      half = m.chance(0.35) && !(bilinear && align);
    } while (beyond(h, oh, align, half) || beyond(w, ow, align, half));
    int x = m.input(type, m.number(1, 2), h, w, m.any(1, 2, 3, 4, 5, 8, 12, 16, 21));
    int y = m.output(type);
    if (m.chance(0.8)) {
      float scale = m.scale(0.01, 0.1);
      int zero = m.zero(type);
      m.quantize(x, type, scale, zero);
      m.quantize(y, type, scale, zero);
    }
    int[] size = {oh, ow};
    m.operator(
        operator,
        3,
        Table.builder(bilinear ? "ResizeBilinearOptions" : "ResizeNearestNeighborOptions")
            .set("align_corners", align)
            .set("half_pixel_centers", half)
            .build(),
        in(
            x,
            m.chance(0.1)
                ? m.input(TensorType.INT32, () -> SingleOp.bytes(TestModel.ints(size)), 2)
                : m.ints(size)),
        y);
  }
}

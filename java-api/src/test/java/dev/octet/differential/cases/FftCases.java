// SPDX-License-Identifier: Apache-2.0
package dev.octet.differential.cases;

import static dev.octet.differential.cases.SingleOp.in;

import dev.octet.TensorType;
import dev.octet.tflite.BuiltinOperator;
import dev.octet.tflite.Table;
import java.util.List;

/** RFFT2D. */
final class FftCases implements OpCases {
  @Override
  public List<OpGenerator> generators() {
    return List.of(new OpGenerator("RFFT2D", "f32", FftCases::rfft));
  }

  private static void rfft(SingleOp m) {
    int fh = 1 << m.number(0, 4);
    int fw = 2 << m.number(0, 7);
    int[] shape = m.shape(m.number(2, 4), 3);
    shape[shape.length - 2] = m.number(1, fh + 2);
    shape[shape.length - 1] = m.number(1, fw + 2);
    int x = m.input(TensorType.FLOAT32, shape);
    int lengths =
        m.chance(0.7)
            ? m.ints(fh, fw)
            : m.input(
                TensorType.INT32, () -> SingleOp.bytes(dev.octet.tflite.TestModel.ints(fh, fw)), 2);
    m.operator(
        BuiltinOperator.RFFT2D,
        1,
        Table.of("Rfft2dOptions"),
        in(x, lengths),
        m.output(TensorType.COMPLEX64));
  }
}

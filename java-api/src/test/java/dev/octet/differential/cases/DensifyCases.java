// SPDX-License-Identifier: Apache-2.0
package dev.octet.differential.cases;

import static dev.octet.differential.cases.SingleOp.in;

import dev.octet.TensorType;
import dev.octet.tflite.BuiltinOperator;
import dev.octet.tflite.Table;
import java.util.List;

/** DENSIFY. */
final class DensifyCases implements OpCases {
  @Override
  public List<OpGenerator> generators() {
    return List.of(
        new OpGenerator("DENSIFY", "f32", m -> densify(m, TensorType.FLOAT32)),
        new OpGenerator("DENSIFY", "f16", m -> densify(m, TensorType.FLOAT16)),
        new OpGenerator("DENSIFY", "i8", m -> densify(m, TensorType.INT8)));
  }

  private static void densify(SingleOp m, TensorType type) {
    m.input(TensorType.FLOAT32, 1); // the peer's Java interface needs an input
    int block = m.any(1, 2, 4, 16);
    SparseMatrix matrix = new SparseMatrix(type, m.number(1, 9), block * m.number(1, 7), block);
    int x = matrix.add(m, m.contents(type, matrix.n() * matrix.k()));
    m.operator(BuiltinOperator.DENSIFY, 1, Table.of("DensifyOptions"), in(x), m.output(type));
  }
}
